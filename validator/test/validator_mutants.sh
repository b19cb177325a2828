#!/bin/sh
# Patches to the validator itself: each makes it wrong, and a test must notice.
#
#   sh validator/test/validator_mutants.sh [all | NAME...]
#
# corpus/README.md says what a patch file says. Each command (mostly a test program) of the "Caught by:" lines must fail in a copy of the tree
# with the patch, and must succeed in a copy without it. Needs what `make` builds; the copies start with those objects.
set -u
. corpus/headers.sh

build=${BUILD:-build}
work=$build/validator-mutants
passed=0 failed=0
limit=300 # seconds of a command; one that takes longer counts as a failure of the runner, not as caught

commands() {
    header 'Caught by' "$1"
}

# The make targets among the words of a command.
targets() {
    for word in $1; do
        case $word in build/*) echo "$word" ;; esac
    done
}

# Runs a command in a copy; its output goes to the copy's log.
attempt() {
    (cd "$1" && timeout $limit sh -c "$2") >"$1.log" 2>&1 </dev/null
}

make_in() {
    (cd "$1" && DEPS=check ${MAKE:-make} -s BUILD=build all $2) >"$1.log" 2>&1 </dev/null
}

report() {
    if [ -z "$4" ]; then
        passed=$((passed + 1)) mark='ok    '
    else
        failed=$((failed + 1)) mark='not ok'
    fi
    tenths=$((($(date +%s%N) - $2) / 100000000))
    printf '%s %-32s %3d.%d s  %s\n' "$mark" "$1" $((tenths / 10)) $((tenths % 10)) "${4:-$3}"
}

# The copy without a patch: makes what the commands need and notes which of them succeed there.
control() {
    start=$(date +%s%N)
    rm -rf "$work" && mkdir -p "$work/control/build"
    cp -Rp Makefile .ci symexec specs validator jit corpus "$work/control"
    for product in "$build"/obj "$build"/*.a "$build"/m3-* "$build"/thumbproof "$build"/symexec "$build"/specs; do
        [ -e "$product" ] && cp -Rp "$product" "$work/control/build"
    done
    for patch; do commands "$patch"; done | sort -u >"$work/commands"
    all=$(while read -r command; do targets "$command"; done <"$work/commands" | sort -u | tr '\n' ' ')
    problem=
    make_in "$work/control" "$all" || problem="does not compile: $(grep -m 1 error "$work/control.log")"
    while [ -z "$problem" ] && read -r command; do
        attempt "$work/control" "$command" && echo "$command"
    done <"$work/commands" >"$work/sound"
    good=$(wc -l <"$work/sound")
    [ "$good" -eq "$(wc -l <"$work/commands")" ] || problem="${problem:-fails: $(grep -vxFf "$work/sound" "$work/commands" | tr '\n' ';')}"
    report '(no mutant)' "$start" "$good commands succeed" "$problem"
    [ "$good" -gt 0 ]
}

judge() {
    patch=$1 copy=$2
    problem=$(misfiled "$patch") how=
    [ -z "$problem" ] || return
    commands "$patch" >"$copy.commands"
    [ -s "$copy.commands" ] || { problem='has no "Caught by:" line'; return; }
    cp -Rp "$work/control" "$copy"
    patch -s -f -p1 -d "$copy" <"$patch" >"$copy.log" 2>&1 || { problem='does not apply'; return; }
    make_in "$copy" "$(while read -r command; do targets "$command"; done <"$copy.commands" | sort -u | tr '\n' ' ')" ||
        { problem="does not compile: $(grep -m 1 error "$copy.log")"; return; }
    while read -r command; do
        grep -qxF "$command" "$work/sound" || { problem="$problem fails without the mutant, too: $command;"; continue; }
        attempt "$copy" "$command"
        case $? in
            0)             problem="$problem survives: $command;" ;;
            124 | 126 | 127) problem="$problem does not end or does not run: $command;" ;;
            *)             how="${how:+$how; }$command" ;;
        esac
    done <"$copy.commands"
}

run() {
    name=$(basename "$1" .patch)
    start=$(date +%s%N)
    judge "$1" "$work/$name"
    report "$name" "$start" "caught by $how" "$problem"
    [ -n "$problem" ] || rm -rf "${work:?}/$name" "$work/$name.commands" "$work/$name.log"
}

if [ "${1:-all}" = all ]; then
    set -- $(patches corpus/validator-mutants) $(patches corpus/regressions | xargs grep -l '^Caught by:')
else
    set -- $(patches_named "$@") && [ $# -gt 0 ] || exit 1
fi
names_are_unique || exit 1

if control "$@"; then
    for file; do
        run "$file"
    done
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 1 ]
