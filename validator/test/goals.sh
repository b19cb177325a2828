#!/bin/sh
# Goals, each with a fault that nothing else sees: a check is there because it is needed.
#
#   sh validator/test/goals.sh [all | sample | GOAL...]
#
# For each name that `thumbproof list --goals` gives there must be a patch in the corpus with the header "Goal: NAME" (corpus/README.md). A tool
# that drops this goal (THUMBPROOF_DROP, in the test build) must prove
#
#   a patch to the JIT      every obligation of the "Refutes:" or "Unknown:" line; that they fail otherwise is for mutants.sh
#   one to the validator    the obligation of the "Survives:" line, for the JIT as it is; with the goal it must not
#
# The sample asks that there is a patch for each goal, and runs two. MUTANT_JOBS goals are judged at a time; the output is one line a goal.
set -u
. corpus/headers.sh
. validator/test/patched.sh

tool=build/test-build/thumbproof

# The patches that only this goal sees.
patches_of() {
    patches corpus | xargs grep -lxF "Goal: $1"
}

# The tool's options for the obligations of a header: obligations HEADER PATCH
obligations() {
    for id in $(header "$1" "$2"); do echo "--opcode $id"; done
}

# What is wrong with a run that must end with a status: $problem. The goal is dropped where $2 names one: expect STATUSES GOAL COMMAND...
expect() {
    statuses=$1 dropped=$2
    shift 2
    ${dropped:+env THUMBPROOF_DROP=$dropped} "$@" >"$work.log" 2>&1 </dev/null
    status=$?
    case " $statuses " in
    *" $status "*) ;;
    *)             problem="$name: exit status $status with$([ -n "$dropped" ] && echo out) the goal: $(head -n 1 "$work.log")" ;;
    esac
}

# A wrong JIT passes where the goal is dropped.
judge_jit() {
    asked=$(obligations '\(Refutes\|Unknown\)' "$2")
    build_patched "$2" "$work"
    [ -n "$asked" ] || problem='has no "Refutes:" line'
    [ -z "$problem" ] || { problem="$name: $problem"; return; }
    expect 0 "$1" $tool validate-all --quiet $options $asked
}

# A wrong validator is stopped by nothing but the goal. Its copy of the tree starts with the objects of the sound one.
judge_validator() {
    asked=$(obligations Survives "$2")
    [ -n "$asked" ] || { problem="$name: has no \"Survives:\" line"; return; }
    rm -rf "$work" && mkdir -p "$work/build" && cp -Rp Makefile .ci symexec specs validator jit "$work" &&
        cp -Rp build/test-build "${shipped%/*}" "$work/build" &&
        patch -s -f -p1 -d "$work" <"$2" >"$work.log" 2>&1 || { problem="$name: does not apply"; return; }
    (cd "$work" && MAKEFLAGS= DEPS=check make -s BUILD=build $tool) >"$work.log" 2>&1 </dev/null ||
        { problem="$name: does not compile: $(grep -m 1 error "$work.log")"; return; }
    goal=$1
    set -- "$work/$tool" validate-all --quiet --jobs 1 --jit $shipped --manifest "$work/$manifest" $asked
    expect '1 3' '' "$@"
    [ -n "$problem" ] || expect 0 "$goal" "$@"
}

# One goal: run NUMBER GOAL
run() {
    start=$(date +%s%N)
    problem= how=
    for patch in $(patches_of "$2"); do
        name=$(basename "$patch" .patch) work=build/goals/$name
        case $patch in
        corpus/validator-mutants/*) judge_validator "$2" "$patch" ;;
        *)                          judge_jit "$2" "$patch" ;;
        esac
        [ -z "$problem" ] || break
        how="${how:+$how, }$name"
        rm -rf "$work" "$work.log"
    done
    [ -n "$how$problem" ] || problem='there is no patch that only this goal sees'
    tell "$1" "$2" "$start"
}

if [ "${1:-}" = judge ]; then
    run "$2" "$3"
    exit
fi

[ -f $tool ] && [ -f $shipped ] || { echo "goals.sh: $tool or $shipped is missing; run make $tool $shipped" >&2; exit 1; }
names_are_unique || exit 1
mkdir -p build/goals
goals=$($tool list --goals | awk '{ print $1 }')

# A header that names no goal would never be looked at.
for named in $(patches corpus | xargs sed -n '/^--- /,$d; s/^Goal: *//p' | sort -u); do
    echo "$goals" | grep -qxF "$named" || { echo "not ok goals.sh: there is no goal $named"; exit 1; }
done

case ${1:-all} in
all) set -- $goals ;;
sample)
    missing=0
    for goal in $goals; do
        [ -n "$(patches_of "$goal")" ] || { missing=1; echo "not ok $goal: there is no patch that only this goal sees"; }
    done
    [ $missing -eq 0 ] || exit 1
    set -- refusal-allowed cases-cover
    ;;
esac
printf '%s\n' "$@" | deal sh "$0" judge | collect $#
