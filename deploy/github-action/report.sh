#!/usr/bin/env bash
# Tells ci-fix-pilot which jobs and steps of this workflow run failed, signed with the webhook's secret.
# Needs bash, curl, jq and openssl. The secret and the token come by environment and reach no command line and no output.
set -euo pipefail

notice() { printf '::notice title=ci-fix-pilot::%s\n' "$1"; }
fail() {
  printf '::error title=ci-fix-pilot::%s\n' "$1"
  exit 1
}

# Workflows of forks get no secrets: that is no failure.
if [[ -z ${CI_HEALING_WEBHOOK_URL:-} || -z ${CI_HEALING_WEBHOOK_SECRET:-} ]]; then
  notice 'CI_HEALING_WEBHOOK_URL or CI_HEALING_WEBHOOK_SECRET is not set here: nothing was reported'
  exit 0
fi
[[ $CI_HEALING_WEBHOOK_URL =~ ^https?://[^[:space:]\"\\]+$ ]] || fail 'CI_HEALING_WEBHOOK_URL is no http address'

event_path=${GITHUB_EVENT_PATH:-}
[[ -r $event_path ]] || event_path=/dev/null
event() { jq -r "$1 // empty" "$event_path"; }

# A pull request's own commit and branch, not the merge commit that its workflow checked out; for a workflow that watches another one,
# that other one's.
run_id=$(event .workflow_run.id)
run_id=${run_id:-$GITHUB_RUN_ID}
attempt=$(event .workflow_run.run_attempt)
attempt=${attempt:-${GITHUB_RUN_ATTEMPT:-1}}
sha=$(event '.workflow_run.head_sha // .pull_request.head.sha')
sha=${sha:-$GITHUB_SHA}
branch=$(event '.workflow_run.head_branch // .pull_request.head.ref')
# A fork may be gone by now: it was none of ours.
head_repository=$(event '.workflow_run.head_repository.full_name // .pull_request.head.repo.full_name // (if .pull_request then "gone" else null end)')
if [[ -z $branch ]]; then
  if [[ ${GITHUB_REF_TYPE:-branch} != branch ]]; then
    notice "${GITHUB_REF_NAME:-this ref} is no branch: nothing was reported"
    exit 0
  fi
  branch=$GITHUB_REF_NAME
fi
workflow=$(event .workflow_run.name)
workflow=${workflow:-${GITHUB_WORKFLOW:-}}

# Asks GitHub; the token goes in by a file descriptor.
github() {
  curl --silent --show-error --fail --location --max-time 30 --retry 2 \
    --header @<(printf 'authorization: Bearer %s\n' "${GITHUB_TOKEN:-}") \
    --header 'accept: application/vnd.github+json' \
    "${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/actions/$1"
}

# Failed jobs with their failed steps, over all pages. Without an answer from GitHub the report goes out without them.
failed_jobs() {
  local page=1 answer all='[]'
  while :; do
    answer=$(github "runs/$run_id/attempts/$attempt/jobs?per_page=100&page=$page") || return 1
    all=$(jq -c --argjson all "$all" '$all + .jobs' <<<"$answer") || return 1
    (($(jq length <<<"$all") < $(jq .total_count <<<"$answer"))) && (($(jq '.jobs | length' <<<"$answer") > 0)) || break
    page=$((page + 1))
  done
  jq -c 'def red: .conclusion == "failure" or .conclusion == "timed_out";
    [.[] | select(red) | {id, name: .name[:300], steps: [.steps[]? | select(red) | .name[:300]]}][:500]' <<<"$all"
}

jobs='[]'
if answer=$(failed_jobs); then
  jobs=$answer
  if [[ $jobs == '[]' ]]; then
    notice 'no job of this run failed: nothing was reported'
    exit 0
  fi
else
  notice 'GitHub did not say which jobs failed (is "actions: read" granted?): reporting without them'
fi
workflow_id=$(github "runs/$run_id" 2>/dev/null | jq '.workflow_id // empty' || true)

# The log that travels: who failed where, and the end of the first logs. ci-fix-pilot fetches the rest itself where it may.
error_log=$(jq -r '.[] | .name as $job | (if .steps == [] then ["?"] else .steps end)[] | "Job \"\($job)\" failed at step \"\(.)\""' <<<"$jobs")
if [[ ${CI_HEALING_INCLUDE_LOGS:-true} == true ]]; then
  for job in $(jq -r '.[:3][].id' <<<"$jobs"); do
    log=$(github "jobs/$job/logs" 2>/dev/null | jq -Rrs '.[-60000:]' || true)
    [[ -z $log ]] || error_log+=$'\n'$log
  done
fi

fork=false
[[ -z $head_repository || ${head_repository,,} == "${GITHUB_REPOSITORY,,}" ]] || fork=true
# The log goes in by standard input: it may be longer than a command line.
body=$(jq -Rsc --arg repository "$GITHUB_REPOSITORY" --arg branch "$branch" --arg sha "$sha" --arg workflow "$workflow" \
  --arg url "${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY/actions/runs/$run_id/attempts/$attempt" \
  --argjson run "$run_id" --argjson attempt "$attempt" --argjson fork "$fork" --argjson id "${workflow_id:-null}" --slurpfile jobs <(printf %s "$jobs") '
  {provider: "github", repository: $repository, branch: $branch, commitSha: $sha, pipelineUrl: $url,
   errorLog: (if test("\\S") then . else "The workflow \($workflow) failed." end),
   workflow: $workflow[:300], workflowRunId: $run, runAttempt: $attempt, failedJobs: $jobs[0], fork: $fork}
  + if $id == null then {} else {workflowId: $id} end' <<<"$error_log")

# HMAC-SHA256 (RFC 2104) of standard input, from two plain hashes: openssl takes a key on its command line only, where others could read it.
sign() {
  local LC_ALL=C key=$CI_HEALING_WEBHOOK_SECRET hex='' inner='' outer='' digest='' i byte
  if ((${#key} > 64)); then
    hex=$(printf %s "$key" | openssl dgst -sha256 -r)
    hex=${hex%% *}
  else
    for ((i = 0; i < ${#key}; i++)); do
      printf -v byte %d "'${key:i:1}"
      printf -v byte %02x $((byte & 255))
      hex+=$byte
    done
  fi
  while ((${#hex} < 128)); do hex+=00; done
  for ((i = 0; i < 128; i += 2)); do
    printf -v byte '\\x%02x' $((0x${hex:i:2} ^ 0x36))
    inner+=$byte
    printf -v byte '\\x%02x' $((0x${hex:i:2} ^ 0x5c))
    outer+=$byte
  done
  hex=$({
    printf "$inner"
    printf %s "$1"
  } | openssl dgst -sha256 -r)
  for ((i = 0; i < 64; i += 2)); do digest+="\\x${hex:i:2}"; done
  hex=$({
    printf "$outer"
    printf "$digest"
  } | openssl dgst -sha256 -r)
  printf %s "${hex%% *}"
}

answer=$(printf %s "$body" | curl --silent --show-error --max-time 30 --retry 5 --retry-connrefused --write-out '\n%{http_code}' \
  --header 'content-type: application/json' --header "x-ci-signature: sha256=$(sign "$body")" --data-binary @- \
  --config <(printf 'url = "%s"\n' "$CI_HEALING_WEBHOOK_URL")) || fail 'ci-fix-pilot did not answer'
status=${answer##*$'\n'}
said=$(jq -r '.error.message // .ignored // .runId // empty' <<<"${answer%$'\n'*}" 2>/dev/null || true)
[[ $status == 202 ]] || fail "ci-fix-pilot answered $status: ${said:-nothing}"
notice "reported: ${said:-accepted}"
