#!/usr/bin/env bash
# Everything that has to hold before a change is done, on real parts: a real Redis, a real browser.
#
#   scripts/test.sh         install what is missing, check, test with the race detector, fuzz briefly
#   scripts/test.sh lint    only what reads the code and runs none of it
#
# FUZZTIME (default 10s) is the time for each fuzz target; FUZZTIME=0 leaves fuzzing out.
set -euo pipefail
cd "$(dirname "$0")/.."

FUZZTIME=${FUZZTIME:-10s}
# A tarball or a checkout of somebody else has no version to stamp; builds must not fail for that.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false"

started=$SECONDS
now=start
fuzzlog=$(mktemp)
step() { now=$1; printf '\n== %s (%ds)\n' "$1" $((SECONDS - started)); }
fail() { printf '%s\n' "$1" >&2; exit 1; }
finish() {
	local code=$?
	rm -f "$fuzzlog"
	[ $code = 0 ] || printf '\nFAILED in: %s\n' "$now" >&2
}
trap finish EXIT
have() { command -v "$1" >/dev/null 2>&1; }

have_chinese_font() {
	if have fc-list; then
		fc-list :lang=zh | grep -q .
	else
		ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1
	fi
}

# missing prints the Debian packages for what is not there, one a line.
missing() {
	have gcc || printf 'gcc\nlibc6-dev\n' # the race detector links with it
	have redis-server || echo redis-server
	have chromium || have chromium-browser || echo chromium
	have_chinese_font || echo fonts-noto-cjk # pages are Chinese; without it a browser draws boxes
}

install_missing() {
	have go || fail "no go on PATH: install Go $(awk '$1 == "go" {print $2}' go.mod) or newer"
	local packages
	packages=$(missing | tr '\n' ' ' | sed 's/ $//')
	if [ -z "$packages" ]; then
		echo "go, gcc, redis-server, a Chromium and a Chinese font are here"
		return
	fi
	if [ "$(id -u)" != 0 ] || ! have apt-get; then
		fail "missing: $packages. As root: apt-get update && apt-get install -y --no-install-recommends $packages"
	fi
	echo "installing: $packages"
	local log
	log=$(mktemp)
	# shellcheck disable=SC2086 # one word a package
	if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1; then
		tail -n 30 "$log" >&2
		rm -f "$log"
		fail "apt-get could not install: $packages"
	fi
	rm -f "$log"
	packages=$(missing | tr '\n' ' ')
	[ -z "$packages" ] || fail "installed, but still not found: $packages"
}

check_code() {
	step "gofmt"
	local unformatted
	unformatted=$("$(go env GOROOT)/bin/gofmt" -l .)
	[ -z "$unformatted" ] || fail "not formatted (run gofmt -w): $(echo "$unformatted" | tr '\n' ' ')"

	step "modules"
	go mod verify
	go mod tidy -diff || fail "go.mod or go.sum is not tidy (run go mod tidy)"

	step "go vet"
	go vet ./...
	if [ -f bench/go.mod ]; then
		(cd bench && go vet ./...)
	fi

	step "staticcheck"
	go tool staticcheck ./...

	step "arrows: who may import whom"
	go test -vet=off -run '^TestArrows' .
}

race_tests() {
	step "tests with the race detector"
	# Two packages at once: more browsers and Redis servers than cores make waits long, not tests many.
	go test -race -vet=off -count=1 -timeout 20m -p 2 ./... | grep -a --line-buffered -v '\[no test files\]'
}

# fuzz_one runs one target. The fuzzing engine sometimes reports its own end of time as a failure, with no input
# that failed; then, and only then, the target runs once more.
fuzz_one() {
	local run=(go test -vet=off -run '^$' -fuzz "^$2\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 1s "$1")
	"${run[@]}" </dev/null >"$fuzzlog" 2>&1 && return
	grep -q '^    context deadline exceeded$' "$fuzzlog" && ! grep -q 'Failing input' "$fuzzlog" || return 1
	"${run[@]}" </dev/null >"$fuzzlog" 2>&1
}

fuzz() {
	step "fuzzing, $FUZZTIME for each target"
	[ "$FUZZTIME" != 0 ] || { echo "left out"; return; }
	local packages pairs package target
	packages=$(grep -rl --include='*_test.go' '^func Fuzz' . | grep -v '^./bench/' | xargs -r -n1 dirname | sort -u || true)
	[ -n "$packages" ] || fail "no fuzz target found: callback, decryption, content and dialogs must have one"
	# shellcheck disable=SC2086 # one word a package
	pairs=$(go test -vet=off -list '^Fuzz' $packages | awk '/^Fuzz/ {names[n++] = $1} /^ok/ {for (i = 0; i < n; i++) print $2, names[i]; n = 0}')
	[ -n "$pairs" ] || fail "fuzz targets are written, but go test lists none"
	while read -r package target; do
		echo "-- $package $target"
		fuzz_one "$package" "$target" || {
			cat "$fuzzlog" >&2
			fail "fuzzing $package $target"
		}
		tail -n 3 "$fuzzlog" | grep '^fuzz: elapsed' || true
	done <<<"$pairs"
}

case "${1:-all}" in
lint)
	check_code
	;;
all)
	step "tools"
	install_missing
	check_code
	race_tests
	fuzz
	;;
*)
	echo "usage: scripts/test.sh [lint]" >&2
	exit 2
	;;
esac
printf '\nall passed in %d s\n' $((SECONDS - started))
