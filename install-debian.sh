#!/bin/sh
# Install the named Debian packages that are missing, as root or with sudo.
set -eu

missing=""
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "These packages are missing; install them as root, then try again:$missing" >&2
    exit 3
  }
  as_root="sudo"
fi

echo "Installing from Debian:$missing"
log=$(mktemp)

# Debian's Icecast would start a server of its own, with passwords that everybody knows, now
# and at each boot. The station starts its own servers, so no service is started here.
policy=/usr/sbin/policy-rc.d
ours="# Kept by install-debian.sh for the length of an installation."
shield=""
lower() { [ -z "$shield" ] || $as_root rm -f "$policy"; }
trap lower EXIT
trap 'exit 130' HUP INT TERM
if [ ! -e "$policy" ] || grep -q "$ours" "$policy"; then
  shield=yes
  printf '#!/bin/sh\n%s\nexit 101\n' "$ours" | $as_root tee "$policy" >/dev/null
  $as_root chmod +x "$policy"
fi
install() {
  $as_root apt-get update --quiet &&
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install --yes --quiet --no-install-recommends $missing
}
status=0
install >"$log" 2>&1 || status=$?
case "$missing" in
  *icecast2*) $as_root update-rc.d icecast2 disable >>"$log" 2>&1 || true ;;
esac

if [ "$status" -ne 0 ]; then
  tail -n 20 "$log" >&2
  echo "apt-get failed; all it said is in $log" >&2
  exit 3
fi
rm -f "$log"
