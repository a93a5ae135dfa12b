/** Throws when a version of Node is too old for this project. */
export declare const checkNode: (version: string) => void
