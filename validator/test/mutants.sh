#!/bin/sh
# Patches to the JIT, each built and judged as machine code.
#
#   sh validator/test/mutants.sh [every | full] [all | sample | change | NAME...]
#
# corpus/README.md says what a patch file says. An equivalent is right: every obligation of its "Proves:" line must be proved, though the
# object is another one. A mutant or a regression is wrong:
#
#   (no mode)   the obligations of its "Refutes:" line are decided until one is refuted: with a confirmed counterexample, and none proved before
#   every       each of them must be refuted, with a confirmed counterexample
#   full        the same, and all other obligations are decided, too: equivalents must prove them all
#
# A patch with "Unknown:" instead asks for what the tool cannot decide: it must say so, with a reason (status 3).
#
# A patch may change jit/, specs/thumbproof-jit.json or both. Which patches: all, the default; a quick sample; what a change asks for; or
# some by name. MUTANT_JOBS of them are judged at a time (default: the number of processors); the output is one line a patch, in the order of
# the list.
set -u
. corpus/headers.sh
. validator/test/patched.sh

tool=${THUMBPROOF:-build/thumbproof}

# What is wrong with the verdicts of a report, or how the refutations are confirmed: judge_report REPORT WANT IDS
# Obligations that a run which ends with the first refutation did not come to are no fault: they are unknown, "not decided".
judge_report() {
    awk -F'"' -v want="$2" -v ids="$3" -v mode="$mode" '
        function complain(what) { problem = problem (problem == "" ? "" : "; ") what }
        $2 == "id"        { id = $4 }
        $2 == "verdict"   { verdict[id] = $4 }
        $2 == "reason"    { reason[id] = $4 }
        $2 == "confirmed" { confirmed[id] = $4 }
        END {
            count = split(ids, list, " ")
            for (i = 1; i <= count; i++) {
                id = list[i]
                if (!(id in verdict))
                    complain("there is no " id)
                else if (verdict[id] == "refuted" && confirmed[id] !~ /^by /)
                    complain(id " is refuted, not confirmed")
                else if (verdict[id] == want && reason[id] !~ /^not decided/)
                    how[want == "refuted" ? want " " confirmed[id] : want] = ++good
                else if (mode != "first" || want == "proved" || reason[id] !~ /^not decided/)
                    complain(id " is " verdict[id] (reason[id] == "" ? "" : ": " reason[id]))
            }
            if (!good && problem == "")
                complain("nothing is " want)
            if (problem != "") {
                print problem
                exit 1
            }
            for (text in how)
                result = result (result == "" ? "" : ", ") text
            print result
        }' "$1"
}

# Builds and judges a patch. Puts what is wrong into $problem, or how it was judged into $how.
judge() {
    patch=$1 work=$2 report=$2/report.json how=
    case $patch in
    corpus/equivalents/*) key=Proves want=proved want_status=0 ;;
    *)                    key=Refutes want=refuted want_status=1 ;;
    esac
    [ -z "$(header Unknown "$patch")" ] || key=Unknown want=unknown want_status=3
    ids=$(header $key "$patch")
    build_patched "$patch" "$work"
    [ -n "$ids" ] || problem="has no \"$key:\" line"
    [ -z "$problem" ] || return

    set -- $options --report "$report"
    [ "$mode" = full ] || for id in $ids; do set -- "$@" --opcode "$id"; done
    [ "$mode" != first ] || [ $want != refuted ] || set -- "$@" --fail-fast
    $tool validate-all --quiet "$@" >"$work/log" 2>&1 </dev/null
    status=$?
    [ -f "$report" ] || { problem="the tool ended with status $status: $(head -n 1 "$work/log")"; return; }
    how=$(judge_report "$report" $want "$ids") || problem=$how
    [ $status -eq $want_status ] || problem="${problem:+$problem; }exit status $status"
}

# One patch: run NUMBER PATCH
run() {
    name=$(basename "$2" .patch)
    start=$(date +%s%N)
    judge "$2" "build/mutants/$name"
    tell "$1" "$name" "$start"
}

every_patch() {
    patches corpus/mutants
    patches corpus/regressions | xargs grep -L '^Caught by:'
    patches corpus/equivalents
}

# What a change asks for: the first patch of each class, three equivalents, each patch that is new or different, and each that touches a file
# of the change. That is what came since CHANGE_BASE, by default since the commit before this one.
of_change() {
    changed=$(git diff --name-only "${CHANGE_BASE:-HEAD~1}" 2>/dev/null) || echo "mutants.sh: no git: one of each class only" >&2
    {
        for class in corpus/mutants/*/; do patches "$class" | head -n 1; done
        patches corpus/equivalents | head -n 3
        for file in $changed; do
            case $file in
            corpus/*.patch) [ ! -f "$file" ] || echo "$file" ;;
            jit/*)          every_patch | xargs grep -lF "+++ b/$file" ;;
            esac
        done
    } | sort -u | grep -v '^corpus/\(validator-mutants\|extensions\)' | xargs grep -L '^Caught by:'
}

# A worker: judge MODE NUMBER PATCH
if [ "${1:-}" = judge ]; then
    mode=$2
    run "$3" "$4"
    exit
fi

mode=first
case ${1:-} in every | full) mode=$1; shift ;; esac
[ -f $shipped ] || { echo "mutants.sh: $shipped is missing; run make" >&2; exit 1; }
names_are_unique || exit 1
case ${1:-all} in
all)    set -- $(every_patch) ;;
change) set -- $(of_change) ;;
sample) set -- $(patches_named add64-without-carry callee-saved-missing hard-immediate-rejected modimm-nine-bits mov64-high-word-first) ;;
*)      set -- $(patches_named "$@") ;;
esac
[ $# -gt 0 ] || exit 1

printf '%s\n' "$@" | deal sh "$0" judge $mode | collect $#
