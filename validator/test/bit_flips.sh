#!/bin/sh
# Single bits of the shipped object flipped, and each object judged as machine code.
#
#   sh validator/test/bit_flips.sh SEED COUNT [TABLE]          the first COUNT flips of a seed, those that the table does not have yet
#   sh validator/test/bit_flips.sh check SEED COUNT TABLE      the same into an empty table, which must say what corpus/bit-flips.tsv says
#   sh validator/test/bit_flips.sh known                       three flips of which it is known how they end
#
# Bits are taken from the code and constants of the object by a generator of our own, so flip k of seed s is always the same one. A flipped
# object is first judged by the obligations whose proofs read that byte of the shipped object, up to the first refutation; if they are all
# proved, by all of them; if these are proved too it has survived, and is run beside the shipped object on random programs.
#
#   verdict      means                                                                      is
#   refuted      with a confirmed counterexample                                            good
#   unknown      something is unknown, nothing refuted                                      to be looked at
#   equivalent   survived, and does the same                                                good
#   unread       survived, does the same, and no proof reads the byte                       good
#   trusted      survived; the byte belongs to what every report says is trusted            what the proofs do not cover
#   differs      survived, and does something else                                          a failure of the validator
#   unconfirmed  a counterexample that the emulator does not confirm                        a failure
#   lost         a worker or the tool itself ended badly                                    a failure
#   refused      the object is no input, though only code and constants changed             a failure
#   late         no end after FLIP_SECONDS                                                  a failure
#
# FLIP_JOBS flips are judged at a time. Exit status 1 if there is a failure.
set -u

tool=${THUMBPROOF:-build/thumbproof}
flips=build/validator/test/flips
shipped=build/m3-gcc-Os/jit.elf
corpus=corpus/bit-flips.tsv
tab=$(printf '\t')
programs=${FLIP_PROGRAMS:-1000}
seconds=${FLIP_SECONDS:-900}

# The report's entries "preflight", "compile" and "entry" by symbol, with the table that only preflight reads.
trusted='tp_check jit_preflight_step forms tp_compile jit_compile jit_compile_step jit_link_step tp_run'

# Routines that the report says are trusted: trusted_routines REPORT
trusted_routines() {
    awk -F'"' '$2 == "symbol" { symbol = $4 } $2 == "state" && $4 == "trusted" { print symbol }' "$1"
}

# The machine code of an object, without debug information, by its hash.
fingerprint() {
    arm-none-eabi-objcopy -O binary "$1" "$2" && sha256sum <"$2" | cut -d' ' -f1
}

# The worst of a report, as the columns verdict, obligation and confirmation.
worst() {
    awk -F'"' '
        $2 == "id"        { id = $4 }
        $2 == "verdict"   { verdict = $4 }
        $2 == "reason"    { reason = $4 }
        $2 == "reason" && verdict == "unknown" && !unknown && reason !~ /^not decided/ {
            unknown = (reason ~ /worker/ ? "lost" : "unknown") "\t" id "\t" reason
        }
        $2 == "confirmed" && verdict == "refuted" && !refuted { refuted = ($4 ~ /^by / ? "refuted" : "unconfirmed") "\t" id "\t" $4 }
        END { print refuted ? refuted : unknown ? unknown : "proved\t-\t-" }' "$1"
}

# Judges an object by some obligations, or all; leaves "verdict<tab>obligation<tab>confirmation" in $row: validate WORK OPTIONS...
validate() {
    of=$1
    shift
    rm -f "$of/report.json"
    timeout "$seconds" $tool validate-all --quiet --fail-fast --jobs 1 --jit "$of/jit.elf" --report "$of/report.json" "$@" \
        >"$of/log" 2>&1 </dev/null
    status=$?
    [ -f "$of/report.json" ] || [ $status -ne 0 ] || status='0, but no report'
    case $status in
    [0134]) row=$(worst "$of/report.json") ;;
    2)      row="refused$tab-$tab$(head -n 1 "$of/log")" ;;
    124)    row="late$tab-${tab}no end after $seconds s" ;;
    *)      row="lost$tab-${tab}status $status" ;;
    esac
}

# Judges one flip; leaves the columns from the verdict on in $row: judge WORK REPORT ADDRESS BIT SYMBOL
judge() {
    work=$1
    $flips flip $shipped "$3" "$4" "$work/jit.elf" || { row="lost$tab-${tab}no object"; return; }
    readers=$($flips readers "$2" "$3" | sed 's/^/--opcode /')
    row=proved$tab
    [ -z "$readers" ] || validate "$work" $readers
    case $row in proved$tab*) validate "$work" ${FLIP_WHOLE:-} ;; esac
    case $row in proved$tab*) ;; *) return ;; esac
    how=$($flips compare $shipped "$work/jit.elf" "$programs")
    same=$?
    if echo $trusted $(trusted_routines "$2") | tr ' ' '\n' | grep -qxF -e "$5"; then
        row=trusted
    elif [ $same -ne 0 ]; then
        row=differs
    elif [ -z "$readers" ]; then
        row=unread
    else
        row=equivalent
    fi
    row=$row$tab-$tab$how
}

# The bytes that the proofs of the shipped object read: reads REPORT OPTIONS...
reads() {
    report=$1
    shift
    $tool validate-all --quiet --reads --report "$report" "$@" || { echo "bit_flips.sh: the shipped object is not proved" >&2; exit 1; }
}

# A worker: judge-one FOLDER TABLE SEED INDEX ADDRESS BIT SYMBOL. A row is written at once, so that nothing is lost when a run is stopped.
if [ "${1:-}" = judge-one ]; then
    work=$2/$4-$5 table=$3
    place=$(printf '%s\t%s\t%s\t%s\t%s' "$4" "$5" "$6" "$7" "$8")
    mkdir -p "$work" && judge "$work" "$2/reads.json" "$6" "$7" "$8"
    printf '%s\t%s\n' "$place" "$row" >>"$table"
    printf '%s\t%s\n' "$place" "$row"
    case $row in
    refuted$tab* | unread$tab* | trusted$tab* | equivalent$tab*) rm -rf "$work" ;;
    esac
    exit 0
fi

[ -x $flips ] && [ -f $shipped ] || { echo 'bit_flips.sh: run make bit-flips' >&2; exit 1; }

# Three flips of which it is known how they end; the whole validator is a few obligations, to be quick.
known() {
    folder=build/bit-flips/known
    FLIP_WHOLE='--opcode prologue --opcode lddw --opcode exit' programs=100
    rm -rf $folder
    mkdir -p $folder
    reads $folder/reads.json $FLIP_WHOLE
    failed=0
    while read -r symbol bit expected; do
        judge $folder $folder/reads.json "$($flips find $shipped "$symbol")" "$bit" "${symbol%+*}"
        case $row in
        "$expected$tab"*) echo "ok - $symbol bit $bit: $row" ;;
        *)                echo "not ok - $symbol bit $bit: not $expected, but $row"; failed=1 ;;
        esac
    done <<END
jit_emit_lddw+0 2 refuted
tp_check+0 2 trusted
entry_values+1 0 unread
END
    exit $failed
}

# The flips of a seed that a table does not have, judged: run SEED COUNT TABLE FOLDER
run() {
    folder=$4
    mkdir -p $folder
    print=$(fingerprint $shipped $folder/shipped.bin)
    header="# machine code $print"
    if [ -s "$3" ] && [ "$(head -n 1 "$3")" != "$header" ]; then
        echo "bit_flips.sh: $3 is about another object; remove it to begin anew" >&2
        exit 2
    fi
    [ -s "$3" ] || printf '%s\n# seed\tindex\taddress\tbit\tsymbol\tverdict\tobligation\tconfirmation\n' "$header" >"$3"
    $flips choose $shipped "$1" "$2" | awk -v seed="$1" -v table="$3" '
        BEGIN {
            while ((getline line < table) > 0) {
                split(line, column, "\t")
                has[column[1], column[2]] = 1
            }
        }
        !((seed, $1) in has) { print seed, $1, $2, $3, $4 }' >$folder/missing
    if [ -s $folder/missing ]; then
        reads $folder/reads.json
        xargs -L 1 -P "${FLIP_JOBS:-2}" sh "$0" judge-one $folder "$3" <$folder/missing
    fi
    { grep '^#' "$3"; grep -v '^#' "$3" | sort -n -k1,1 -k2,2; } >$folder/sorted && mv $folder/sorted "$3"
}

# What a table says: rows that somebody should look at, and a count for each verdict. Fails if there is a failure: totals TABLE
totals() {
    awk -F'\t' '
        BEGIN {
            order = split("refuted equivalent unread trusted unknown differs unconfirmed lost refused late", verdicts, " ")
            for (i = 1; i <= order; i++)
                place[verdicts[i]] = i
        }
        /^#/ { next }
        { count[$6]++; total++ }
        $6 == "refuted" { how[$8]++ }
        place[$6] > 4   { print ($6 == "unknown" ? "LOOK AT " : "FAILURE ") $0 }
        END {
            for (i = 1; i <= order; i++)
                if (count[verdicts[i]])
                    line = line sprintf("%s%d %s", line == "" ? "" : ", ", count[verdicts[i]], verdicts[i])
            printf "%d flips: %s\n", total, line
            for (text in how)
                printf "refuted %s: %d\n", text, how[text]
            for (i = 6; i <= order; i++)
                bad += count[verdicts[i]]
            exit bad > 0
        }' "$1"
}

# Whether two tables have the same verdicts for the flips of the first: agree TABLE OTHER
agree() {
    awk -F'\t' '
        /^#/      { next }
        NR == FNR { verdict[$1, $2, $3, $4] = $6; next }
        (($1, $2, $3, $4) in verdict) {
            same = verdict[$1, $2, $3, $4] == $6
            printf "%s - flip %s of seed %s (%s, bit %s): %s%s\n", same ? "ok" : "not ok", $2, $1, $5, $4, verdict[$1, $2, $3, $4],
                same ? "" : ", but " $6 " in the corpus"
            bad += !same
            delete verdict[$1, $2, $3, $4]
        }
        END {
            for (missing in verdict) {
                print "not ok - a flip that the corpus does not have"
                bad++
            }
            exit bad > 0
        }' "$1" "$2"
}

case ${1:-} in
known)
    known
    ;;
check)
    rm -f "$4"
    run "$2" "$3" "$4" build/bit-flips/check
    agree "$4" $corpus
    ;;
*)
    [ $# -ge 2 ] || { sed -n '3,6s/^# *//p' "$0" >&2; exit 2; }
    run "$1" "$2" "${3:-$corpus}" build/bit-flips
    totals "${3:-$corpus}"
    ;;
esac
