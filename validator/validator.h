/*
 * The verdict. From a manifest and an ELF file (the target) come obligations; each is proved, refuted or left unknown
 * by running the target's own machine code on a path and asking the solver goals; a refutation is replayed on an
 * independent emulator; results become a report.
 *
 *   target (manifest.c, target.c) -> obligations (obligation.c: insn.c, frame.c, lemma.c), built from emission.c,
 *   unit.c and relation.c
 *   -> verdicts (proof.c), counterexamples (replay.c, counterexample.c) -> schedule.c -> report.c, table.c -> main.c
 */
#ifndef THUMBPROOF_VALIDATOR_H
#define THUMBPROOF_VALIDATOR_H

#include "specs/specs.h"
#include "symexec/path/path.h"
#include "symexec/term/diag.h"

/* ---- manifest.c: what a JIT says about itself -------------------------------------------------------------- */

enum role {
    ROLE_PROGRAM,  /* pointer to the program's slots */
    ROLE_LENGTH,   /* of the program, in slots */
    ROLE_OFFSETS,  /* pointer to one word for each slot: the position of its code */
    ROLE_CODE,     /* pointer to the output buffer */
    ROLE_CAPACITY, /* of the buffer, in halfwords */
    ROLE_POSITION, /* next halfword to be written */
    ROLE_PC,       /* slot being compiled */
    ROLE_FINAL,    /* 0 in the pass that finds positions, 1 in the pass that uses them */
    ROLE_EXIT_POSITION,
    ROLE_FUEL_POSITION,
    ROLE_HOMES,    /* pointer to the assignment of homes */
    ROLE_ROUTINES, /* optional: pointer to the table of routines that emitted code calls */
    ROLE_CONTEXT_ADDRESS,
    ROLE_CONTEXT_LENGTH,
    ROLE_STACK_TOP,
    ROLE_FUEL,
    ROLE_RESULT,
    ROLE_COUNT,
};

struct field {
    bool present;
    char member[64];
    uint32_t offset, size; /* bytes */
};

struct layout {
    char tag[64]; /* of the C struct */
    uint32_t size;
    struct field fields[ROLE_COUNT];
};

/* Where a word lives at instruction boundaries. */
struct place {
    enum { PLACE_REGISTER, PLACE_FRAME } kind;
    uint32_t index; /* register number, or bytes above sp */
};

struct homes {
    char symbol[64];
    struct place words[BPF_REGISTERS][2]; /* low word, high word */
};

enum { MAX_HOMES = 4, MAX_CONTRACTS = 8, SAVED_REGISTERS = 9 };

struct manifest {
    char name[80], core_name[32], prelude[64], emit[64], routines[64];
    struct arm_core core;
    struct layout context, vm;
    struct homes homes[MAX_HOMES];
    size_t homes_count;
    unsigned vm_register, fuel_register;
    uint32_t frame_bytes;            /* sp at entry minus sp at instruction boundaries */
    uint32_t saved[SAVED_REGISTERS]; /* bytes above sp of the caller's r4..r11 and lr */
    uint32_t status_ok, status_fuel, status_code_full, status_branch_range;
    uint32_t program_slots; /* longest program */
    uint32_t headroom;      /* halfwords of room that an instruction may ask for */
    uint32_t prelude_headroom;
    uint32_t branch_reach; /* bytes from its own code that a jump must be able to reach */
    struct path_contract contracts[MAX_CONTRACTS];
    char contract_symbols[MAX_CONTRACTS][64];
    size_t contract_count;
};

/* Reads and checks a manifest. False and a diag on error. */
bool manifest_read(const char *path, struct manifest *manifest, struct diag *diag);

/* ---- target.c: a manifest and its ELF file, checked against each other ------------------------------------- */

struct target {
    struct manifest manifest;
    struct arm_image *image;
    char elf_path[512], manifest_path[512];
    char sha256[65];
    char compiler[128];
    uint32_t prelude_address, emit_address, routines_address;
    uint32_t homes_address[MAX_HOMES];
    /* What the prelude leaves behind, found by running it (frame.c): its halfwords and positions. */
    uint16_t prelude_code[250];
    uint32_t prelude_count, exit_position, fuel_position;
    struct solver_shared *shared; /* answers that workers share */
};
bool target_open(const char *elf, const char *manifest, struct target *target, struct diag *diag);
void target_close(struct target *target);

/* ---- proof.c: one obligation being decided ----------------------------------------------------------------- */

enum confirmation { CONFIRMED_NOT, CONFIRMED_BY_DIVERGENCE, CONFIRMED_BY_RULE };

struct counterexample {
    enum confirmation confirmation;
    char *text; /* several lines; owned */
};

struct result {
    char id[48];
    char domain[400];
    enum verdict verdict;
    char reason[400]; /* why not proved */
    uint64_t paths, forks, goals, by_identity, cached, instructions, solver_calls, solver_steps;
    uint64_t halfwords_min, halfwords_max;    /* emitted code, accepting paths; 0 if nothing is emitted */
    uint64_t arm_min, arm_max;                /* Arm instructions executed by emitted code */
    double z3_seconds, step_seconds, seconds; /* step_seconds: executing instructions, without Z3 */
    uint64_t peak_kib;
    uint64_t rewrites; /* that --audit proved */
    struct counterexample example;
};

struct proof {
    const struct target *target;
    struct path *path;
    struct result result;
    FILE *explain; /* NULL, or where to tell what is done, for one register pair only */
};

/* Notes a failure: the verdict gets worse (proved < unknown < refuted) and the first reason of the worst verdict is
 * kept. */
void proof_fail(struct proof *proof, enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Proves `goal` on the current path. On failure notes it as `what`; on refutation the model is filled. */
enum verdict proof_goal(struct proof *proof, term goal, const char *what, struct model *model);

/* ---- explain.c: a proof told to a reader; each does nothing unless proof->explain ---- */

void explain_conditions(struct proof *proof, const char *title, size_t from);
void explain_code(struct proof *proof, const term *code, int count);
void explain_goal(struct proof *proof, const char *what, term goal, uint64_t steps, enum verdict verdict);

/* ---- relation.c: BPF state and Arm state ------------------------------------------------------------------- */

/* A piece of machine state and its value. */
struct location {
    enum { LOCATION_REGISTER, LOCATION_FRAME, LOCATION_VM } kind;
    uint32_t index; /* register number, bytes above sp at the boundary, or bytes into the VM block */
    term value;
    char name[40]; /* e.g. "r3 high word (sp+16)" */
};

enum { MAX_LOCATIONS = 80 };

struct locations {
    struct location items[MAX_LOCATIONS];
    size_t count;
};

/* Which parts of the relation hold. */
enum relation_part {
    RELATION_HOMES = 1, /* every BPF register equals its home */
    RELATION_FUEL = 2,
    RELATION_FRAME = 4, /* sp, the VM pointer, the caller's saved registers, the VM block unchanged */
    RELATION_ALL = 7,
};
/* BPF state with role-named variables: dst, src, others in order. */
struct bpf_state relation_variables(unsigned dst, unsigned src, bool has_dst, bool has_src, term pc);
/* The machine state that is related to `state` under the assignment `homes`. */
void relation_list(const struct target *target, const struct homes *homes, const struct bpf_state *state,
                   unsigned parts, struct locations *list);
/* The state at entry to the code, and after its return with `status`: caller's registers and the VM block. `result`
 * may be NULL (unchanged). */
void relation_caller(const struct target *target, bool returned, uint32_t status, term fuel, term result,
                     struct locations *list);
/* Initial contents of a VM block field; 32 bits. */
term relation_vm_word(uint32_t offset);

/* ---- emission.c: running the JIT's own code ---------------------------------------------------------------- */

struct emission {
    const struct target *target;
    const struct homes *homes;
    const struct bpf_insn *insn; /* NULL: the prelude */
    struct path_machine machine;
    size_t context, program, offsets, out, stack; /* blocks */
    term here, position, pc, length, capacity;
    struct table_entry {
        term offset, value;
    } * table; /* entries of the offset table that were read or named */
    size_t table_count;
    term given[ROLE_COUNT]; /* the context's fields before the call; NULL: undefined */
};
/* Builds the machine on `path`. The instruction may be set later by emission_start. */
bool emission_open(struct emission *e, const struct target *target, struct path *path, struct diag *diag);
void emission_close(struct emission *e);
/* Sets registers and memory for a call that compiles `insn` (NULL: the prelude) and assumes the domain. */
void emission_start(struct emission *e, const struct homes *homes, const struct bpf_insn *insn, bool final);
/* The same without assumptions: only the machine's state, for replay. */
void emission_setup(struct emission *e, const struct homes *homes, const struct bpf_insn *insn, bool final);
/* Position of the code of slot `index`, in halfwords: the entry of the offset table. */
term emission_offset_of(struct emission *e, term index);
/* After the call has returned: its status, if the path condition leaves only one of those that the manifest names
 * (or any constant); and halfwords emitted (-1 if their number is not constant). */
bool emission_status(const struct emission *e, uint32_t *status);
int emission_count(struct emission *e);
term emission_halfword(struct emission *e, unsigned index);
/* Field of the context after the call. */
term emission_field(struct emission *e, enum role role);

/* ---- unit.c: running emitted code from one machine state to another ---------------------------------------- */

enum { UNIT_MAX_HALFWORDS = 256 };

struct unit {
    const struct target *target;
    struct path_machine machine;
    size_t vm, stack, out;             /* blocks */
    term here;                         /* address of the first halfword in `out` */
    unsigned count;                    /* halfwords */
    bool executed[UNIT_MAX_HALFWORDS]; /* by index: an instruction began here on some path since unit_start */
};
/* `here` is the address of the first halfword. */
void unit_open(struct unit *u, const struct target *target, struct path *path, term here);
void unit_close(struct unit *u);
/* Writes the code and the initial state; what `initial` does not name is of class U. Execution begins at halfword
 * `entry`. */
void unit_start(struct unit *u, const term *code, unsigned count, unsigned entry, const struct locations *initial);
/* Value at a location now. */
term unit_value(struct unit *u, const struct location *location);
/* Explores the code from the state that unit_start made; `end` gets the machine (its data is `data`). */
void unit_explore(struct unit *u, void (*end)(void *machine, enum path_status status), void *data);
/* Addresses that relations speak of: the VM block, and sp at entry to the code. */
term unit_vm_base(void);
term unit_entry_sp(void);

/* ---- obligations: obligation.c, insn.c, frame.c, lemma.c --------------------------------------------------- */

struct obligation {
    char id[48];
    void (*prove)(struct proof *proof, const struct obligation *obligation);
    const struct bpf_opcode *opcode;      /* insn/... */
    const struct path_contract *contract; /* lemma/... */
};
/* All obligations of a target in the order of the report; returns their number. The array is malloc'ed. */
size_t obligation_list(const struct target *target, struct obligation **list);
/* Whether `name` selects the obligation: its id, the part after the slash, or the mnemonic with its width. */
bool obligation_selected(const struct obligation *o, const char *name);
/* Decides one obligation, from an empty term store; never fails. `audit`: and has the term rewrites of the run proved. `explain`: see struct
 * proof. */
struct result obligation_decide(const struct obligation *o, const struct target *target, bool audit, FILE *explain);

void insn_prove(struct proof *proof, const struct obligation *o);
void prologue_prove(struct proof *proof, const struct obligation *o);
void epilogue_prove(struct proof *proof, const struct obligation *o);
void fuel_stub_prove(struct proof *proof, const struct obligation *o);
void modified_immediate_prove(struct proof *proof, const struct obligation *o);
/* Runs the prelude once and keeps its code and positions in the target. False and a diag if that cannot be done. */
bool prelude_find(struct target *target, struct diag *diag);

/* ---- replay.c: the same concrete case on the real machine code under Unicorn ------------------------------- */

/* A case as it was being proved. */
struct scenario {
    struct proof *proof;
    const struct emission *emission; /* for the entries of the offset table that it named */
    const struct homes *homes;
    const struct bpf_insn *insn; /* NULL: prologue, epilogue or stub at halfword `entry` of the prelude */
    const struct bpf_state *before;
    unsigned entry;
    const struct locations *initial, *expected; /* expected NULL: the emission itself is in question */
    enum { SCENARIO_EMISSION, SCENARIO_RUN } phase;
    enum arm_rule rule; /* the rule that was broken, or ARM_RULE_NONE */
};
/* Proves a goal of a case on the current path; a refutation is noted as `what` and replayed. */
enum verdict scenario_goal(const struct scenario *scenario, term goal, const char *what);
/* A rule that the machine broke on the current path: the same for the goal that the path cannot be. */
void scenario_broken(const struct scenario *scenario, const struct arm_state *arm);
/* Makes the counterexample of a refutation and tries to confirm it. The model may be changed (private addresses). */
void replay_confirm(const struct scenario *scenario, struct model *model);
/* The same for a contract's function on a concrete argument. */
void replay_lemma(struct proof *proof, const struct path_contract *contract, uint32_t argument);

/* ---- schedule.c: workers ----------------------------------------------------------------------------------- */

struct run_options {
    unsigned jobs;
    bool progress, color, audit;
    bool fail_fast; /* what comes after the first refutation of the list is not decided */
};
/* Decides obligations in `jobs` worker processes; results[i] belongs to list[i]. */
void schedule_run(const struct target *target, const struct obligation *list, size_t count,
                  const struct run_options *options, struct result *results);

/* ---- report.c, table.c ------------------------------------------------------------------------------------- */

struct report {
    const struct target *target;
    const struct result *results;
    size_t count;
    bool selected_only; /* not all obligations were asked for */
    double seconds;
    unsigned jobs;
};
/* A result as JSON text (malloc'ed) and back; false if malformed. */
char *result_to_json(const struct result *result);
bool result_from_json(const char *text, struct result *result);
/* Writes the report; false and a diag if the file cannot be written. */
bool report_write(const struct report *report, const char *path, struct diag *diag);
/* The table for people. */
void table_print(FILE *out, const struct report *report, bool color);
/* Exit status: 0 proved, 1 refuted, 3 unknown, 4 an unconfirmed refutation. */
int report_status(const struct report *report);

#endif
