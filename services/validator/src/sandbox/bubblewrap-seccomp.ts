/**
 * The system calls that no build needs and that have opened doors in kernels: mounting, modules, keys, tracing the kernel, other
 * namespaces, clocks, io_uring. They answer "not permitted", as Docker's own profile does; a foreign architecture answers "no such call".
 * Written as classic BPF (linux/filter.h, linux/seccomp.h), which bubblewrap loads.
 */

interface Architecture {
  /** `AUDIT_ARCH_*` of linux/audit.h. */
  readonly audit: number
  /** Calls from here on belong to another ABI of the same architecture (x32). */
  readonly foreignFrom?: number
  readonly denied: ReadonlyArray<number>
}

/** The same on every architecture: io_uring, the new mount calls, quotactl_fd, mount_setattr. */
const recent = [425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 443]

const architectures: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    foreignFrom: 0x40000000,
    denied: [
      ...[165, 166, 155, 161, 167, 168, 169, 163], // mount, umount2, pivot_root, chroot, swapon, swapoff, reboot, acct
      ...[164, 159, 227, 305], // settimeofday, adjtimex, clock_settime, clock_adjtime
      ...[175, 176, 313, 246, 320, 172, 173, 103], // init_module, delete_module, finit_module, kexec_load, kexec_file_load, iopl, ioperm, syslog
      ...[179, 180, 212, 303, 304, 300], // quotactl, nfsservctl, lookup_dcookie, name_to_handle_at, open_by_handle_at, fanotify_init
      ...[248, 249, 250, 308, 298, 321, 323, 312, 153], // add_key, request_key, keyctl, setns, perf_event_open, bpf, userfaultfd, kcmp, vhangup
      ...recent,
    ],
  },
  arm64: {
    audit: 0xc00000b7,
    denied: [
      ...[40, 39, 41, 51, 224, 225, 142, 89], // mount, umount2, pivot_root, chroot, swapon, swapoff, reboot, acct
      ...[170, 171, 112, 266], // settimeofday, adjtimex, clock_settime, clock_adjtime
      ...[105, 106, 273, 104, 294, 116], // init_module, delete_module, finit_module, kexec_load, kexec_file_load, syslog
      ...[60, 42, 18, 264, 265, 262], // quotactl, nfsservctl, lookup_dcookie, name_to_handle_at, open_by_handle_at, fanotify_init
      ...[217, 218, 219, 268, 241, 280, 282, 272, 58], // add_key, request_key, keyctl, setns, perf_event_open, bpf, userfaultfd, kcmp, vhangup
      ...recent,
    ],
  },
}

const loadWord = 0x20
const jumpIfEqual = 0x15
const jumpIfAtLeast = 0x35
const answer = 0x06
const callAt = 0
const architectureAt = 4
const allow = 0x7fff0000
const notPermitted = 0x00050001
const noSuchCall = 0x00050026

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number]

const programFor = ({ audit, foreignFrom, denied }: Architecture): ReadonlyArray<Instruction> => {
  const foreign: ReadonlyArray<Instruction> = foreignFrom === undefined ? [] : [[jumpIfAtLeast, denied.length + 1, 0, foreignFrom]]
  return [
    [loadWord, 0, 0, architectureAt],
    [jumpIfEqual, 1, 0, audit],
    [answer, 0, 0, noSuchCall],
    [loadWord, 0, 0, callAt],
    ...foreign,
    ...denied.map((call, index): Instruction => [jumpIfEqual, denied.length - index, 0, call]),
    [answer, 0, 0, allow],
    [answer, 0, 0, notPermitted],
  ]
}

const instructionBytes = 8

/** The filter for this architecture (`process.arch`), or undefined for one that is not known here. */
export const seccompFilter = (architecture: string): Uint8Array | undefined => {
  const known = architectures[architecture]
  if (known === undefined) return undefined
  const program = programFor(known)
  const view = new DataView(new ArrayBuffer(program.length * instructionBytes))
  program.forEach(([code, ifTrue, ifFalse, operand], index) => {
    const at = index * instructionBytes
    view.setUint16(at, code, true)
    view.setUint8(at + 2, ifTrue)
    view.setUint8(at + 3, ifFalse)
    view.setUint32(at + 4, operand, true)
  })
  return new Uint8Array(view.buffer)
}
