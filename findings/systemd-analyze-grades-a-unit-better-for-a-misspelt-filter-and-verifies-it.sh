#!/usr/bin/env bash
# systemd-analyze (systemd 252): a unit with a misspelt SystemCallFilter gets a better grade than the right one, and `verify`
# ends with 0 for it and for any key or value that it does not know.
#
# Expected: "verify" fails for a unit that is not what its author meant, as `nginx -t` and `sshd -t` do; "security --threshold"
# can hold a unit in CI, since what takes protection away makes the grade worse.
# Instead: an unknown group of an allow-list leaves that list empty, which counts as allowing nothing: 8.0 instead of 8.2. Unknown
# keys, values and groups are one line each on stderr ("ignoring"), and the status is 0: ProtectSystem=stict protects nothing.
# Version: systemd 252.38 (Debian).
# Here: tests/deploy/test_files.py fails for any line on stderr.
set -euo pipefail
command -v systemd-analyze > /dev/null || { echo "needs Debian's systemd" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
unit() {
  printf '[Service]\nExecStart=/bin/true\n%s\n' "$2" > "$1.service"
}
grade() {
  systemd-analyze security --offline=yes --no-pager "$folder/$1.service" 2> /dev/null | sed -n 's/.*exposure level for [^:]*: \([0-9.]*\).*/\1/p'
}
unit plain ""
unit right "SystemCallFilter=@system-service"
unit misspelt "SystemCallFilter=@system-servce"
unit wrong $'ProtectSystem=stict\nPrivateTmpp=yes\nSystemCallFilter=@system-servce'
systemd-analyze --version | head -1
for name in plain right misspelt; do echo "$name: exposure $(grade $name) (less is better)"; done
systemd-analyze verify "$folder/wrong.service" 2> said && status=0 || status=$?
cat said
echo "verify: status $status"
awk -v right="$(grade right)" -v misspelt="$(grade misspelt)" 'BEGIN { exit !(misspelt < right) }'
[ "$status" = 0 ] && [ "$(grep -c 'ignoring' said)" = 3 ]
