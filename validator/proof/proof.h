/*
 * A proof: {before} code {after}, over places of a world, tied to the specification by tables of rows.
 *
 *   assume.c     what a proof takes as given, by its key in the ledger
 *   world.c      the blocks that a run sees, and places in them
 *   assertion.c  what is in which place
 *   relation.c   BPF state and Arm state: rows, from which assertions are made
 *   compiler.c   the protocol by which a compiler is called: one instruction at a time, or the prelude
 *   lawful.c     what every such call must keep to
 *   prelude.c    what the prelude leaves behind
 *   code.c       emitted code on a machine of its own
 *   triple.c     every path from a beginning, judged at its end
 *   proof.c      goals and what becomes of them; goals.c has their names
 *   trace.c      a proof told to a reader
 *
 * What a proof finds wrong is a finding: fields from which evidence can be made afterwards (evidence/). Nothing here knows
 * how.
 */
#ifndef THUMBPROOF_PROOF_H
#define THUMBPROOF_PROOF_H

#include "validator/target/target.h"

/* ---- assume.c ---------------------------------------------------------------------------------------------- */

/* A proof rests on a row of the ledger; with a condition of the path, or with a fact that is true on every path (see path_define). */
void rely(struct path *path, enum ledger key);
void assume(struct path *path, enum ledger key, term condition);
void define(struct path *path, enum ledger key, term fact);

/* ---- world.c ----------------------------------------------------------------------------------------------- */

/* The blocks that any run may see; world.c has a row for each. */
enum block_id {
    BLOCK_CONTEXT,
    BLOCK_PROGRAM,
    BLOCK_OFFSETS,
    BLOCK_OUTPUT,
    BLOCK_COMPILER_STACK,
    BLOCK_VM,
    BLOCK_STACK,
    BLOCK_CODE, /* the same memory as BLOCK_OUTPUT, seen by whoever runs it */
    BLOCK_IDS,
};

struct world {
    struct path_machine machine; /* first, so that a machine's world can be had from it */
    const struct target *target;
    size_t blocks[BLOCK_IDS]; /* indices in the machine's memory */
    bool present[BLOCK_IDS];
};
/* A machine on `path` with the target's core and contracts, and no memory. */
void world_open(struct world *w, const struct target *target, struct path *path, const char *owner);
/* What its machine has read of the image is noted on the path. */
void world_close(struct world *w);
/* Adds the ELF image. False and a diag if it cannot be mapped. */
bool world_map_image(struct world *w, struct diag *diag);
/* Adds a block of `size` bytes; `limit` is NULL or its symbolic size. */
void world_add(struct world *w, enum block_id id, uint32_t size, term limit);
struct arm_block *world_block(struct world *w, enum block_id id);
/* Base address of a block; the code is seen from world_position() on. */
term block_base(enum block_id id);
/* The position of the first halfword that is looked at, from where the code begins: an input of emission. */
term world_position(void);
/* The number that an emulator uses for a variable of class P: the leading bits of a base or of a return address. False if
 * it is neither. */
bool world_number(const struct target *target, term variable, uint64_t *value);
/* sp at entry to emitted code: below it are the manifest's stack_bytes, and no more. */
term world_entry_sp(const struct target *target);

/* What is in a place, 32 bits; a frame place counts from sp at instruction boundaries, whatever sp is now. */
term place_get(struct world *w, struct place place);
void place_set(struct world *w, struct place place, term value);

/* ---- assertion.c ------------------------------------------------------------------------------------------- */

struct clause {
    struct place at;
    term value;
    const char *name; /* e.g. "r3 high word (sp+16)"; owned by whoever made the row */
};

struct assertion {
    struct clause *clauses;
    size_t count, room;
};
void assertion_add(struct assertion *a, struct place at, term value, const char *name);
void assertion_copy(struct assertion *to, const struct assertion *from);
void assertion_free(struct assertion *a);
/* Makes the world be so. */
void assertion_establish(const struct assertion *a, struct world *w);

/* ---- relation.c -------------------------------------------------------------------------------------------- */

/* Of what a row says where it is. */
enum subject {
    SUBJECT_REGISTER, /* word `word` of BPF register `index` */
    SUBJECT_FUEL,
    SUBJECT_FIXED,         /* something that does not depend on BPF state: `fixed` */
    SUBJECT_STATUS,        /* what is returned */
    SUBJECT_RETURNED_FUEL, /* after the run */
    SUBJECT_RESULT,        /* word `word` of the result, or the place's old contents */
};

struct tie {
    struct place at;
    enum subject of;
    unsigned index, word;
    unsigned part; /* enum bpf_holds */
    term fixed;
    char name[40];
};

struct relation {
    struct tie *ties;
    size_t count, room;
};
/* What a row's value depends on. */
struct moment {
    const struct bpf_state *state;
    uint32_t status;
    term fuel, result; /* returned; result NULL: untouched */
};
/* At an instruction boundary, under an assignment of homes (the pc apart). */
void relation_boundary(const struct target *target, const struct homes *homes, struct relation *r);
/* At entry to the code, and after its return: caller's registers and the VM block. */
void relation_entry(const struct target *target, struct relation *r);
void relation_leaving(const struct target *target, struct relation *r);
void relation_free(struct relation *r);
/* Adds the rows of some parts (enum bpf_holds), at a moment, to an assertion. */
void relation_assert(const struct relation *r, unsigned parts, const struct moment *moment, struct assertion *a);
/* BPF state with role-named variables: dst, src, others in order. */
struct bpf_state relation_variables(unsigned dst, unsigned src, bool has_dst, bool has_src, term pc);
/* Initial contents of a VM block field; 32 bits. */
term relation_vm_word(uint32_t offset);

/* ---- proof.c, goals.c -------------------------------------------------------------------------------------- */

/* Every goal that the validator states. */
enum goal {
#define GOAL(constant, name, sentence) constant,
#include "validator/proof/goals.def"
#undef GOAL
    GOALS,
};
struct goal_row {
    const char *name;     /* stable, e.g. "length-decided" */
    const char *sentence; /* what is said if it fails; %s is what it is about */
};
extern const struct goal_row goal_rows[GOALS];
/* A goal's name; for GOAL_RULE with the broken rule's behind it. */
void goal_name(enum goal goal, enum arm_rule rule, char *name, size_t size);

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
    char goal[48];    /* the name of the goal that is not; empty if it is none */
    uint64_t paths, forks, goals, by_identity, cached, instructions, solver_calls, solver_steps;
    uint64_t halfwords_min, halfwords_max;    /* emitted code, accepting paths */
    uint64_t arm_min, arm_max;                /* Arm instructions executed by emitted code */
    double z3_seconds, step_seconds, seconds; /* step_seconds: executing instructions, without Z3 */
    uint64_t peak_kib;
    uint64_t rewrites;       /* that --audit proved */
    uint32_t relied;         /* set of 1 << enum ledger: what it rests on */
    struct arm_ranges reads; /* bytes of the image that the proof executed or loaded, in every world; owned */
    struct counterexample example;
};
void result_free(struct result *result);

enum { CODE_MAX_HALFWORDS = 256 };

/* Whose code is being run. */
enum phase { PHASE_COMPILER, PHASE_CODE, PHASE_ROUTINE };

/* Which call of the compiler. */
enum pass { PASS_PRELUDE, PASS_SIZING, PASS_FINAL };

/* Where in a proof a goal is stated: what someone needs to run the same case with numbers. */
struct situation {
    struct proof *proof;
    enum phase phase;
    enum pass pass;               /* PHASE_COMPILER */
    struct place at;              /* where the goal's value is, see claim_value: */
    term must;                    /* what it must be, or NULL if the goal is about no place */
    const char *title, *subtitle; /* before the sentence of a goal; either may be NULL */
    const struct homes *homes;
    const struct bpf_insn *insn;    /* NULL: the prelude, or code of it at halfword `entry` */
    const struct bpf_state *before; /* with insn */
    unsigned entry;
    const struct assertion *initial, *expected; /* PHASE_CODE, with the code that runs: */
    const term *halfwords;
    unsigned count;
    const struct path_contract *routine; /* PHASE_ROUTINE */
    const term *arguments;
};

/* The first goal of the worst verdict that was not proved. */
struct finding {
    bool present;
    enum goal goal;
    enum arm_rule rule;         /* the rule that was broken, or ARM_RULE_NONE */
    term truth;                 /* what was to be shown */
    struct situation situation; /* its pointers are to what follows, and to what outlives the proof */
    struct bpf_insn insn;
    struct bpf_state before;
    struct assertion initial, expected;
    term arguments[OPAQUE_MAX_ARGUMENTS];
    term halfwords[CODE_MAX_HALFWORDS];
    term *conditions; /* of the path */
    size_t condition_count;
    struct model model;
};

/* What the prelude leaves behind. */
struct prelude {
    bool found;
    char problem[400];               /* if not */
    uint16_t *code;                  /* owned */
    uint32_t count;                  /* halfwords */
    uint32_t position[BPF_OUTCOMES]; /* of the code of each way out */
    struct arm_ranges reads;         /* bytes of the image that this took; owned */
};

enum trace { TRACE_EMIT = 1, TRACE_PATHS = 2, TRACE_GOALS = 4 };

/* What a reader wants to be told, and where. */
struct telling {
    FILE *out;        /* NULL: nothing */
    unsigned what;    /* enum trace */
    bool one_case;    /* of one register pair only */
    const char *goal; /* NULL, or the name of the goal that is wanted whole */
    bool smt2;        /* as SMT-LIB 2 */
    bool told;        /* it has been */
};

struct proof {
    const struct target *target;
    const struct prelude *prelude;
    struct path *path;
    struct result result;
    struct finding finding;
    struct telling *telling;
    struct relation **relations; /* that live as long as the proof, since findings name their rows */
    size_t relation_count;
};
void proof_close(struct proof *proof);
/* An empty relation that lives as long as the proof. */
struct relation *proof_relation(struct proof *proof);

/* Notes a failure: the verdict gets worse (proved < unknown < refuted) and the first reason of the worst verdict is
 * kept. */
void proof_fail(struct proof *proof, enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* States a goal on the current path. What is not proved becomes a finding; `about` goes into its sentence (may be NULL).
 * True if it is proved. */
bool claim(const struct situation *s, enum goal goal, term truth, const char *about);
/* States that `is`, which is what the place s->at holds at the end of the path, equals `must`: what a run with numbers can show. */
bool claim_value(const struct situation *s, enum goal goal, struct place at, term is, term must, const char *about);
/* The same for a goal whose failure says nothing about the target (an invariant of ours): it is unknown at worst. */
bool claim_of_ours(const struct situation *s, enum goal goal, term truth, const char *about);
/* The same for what is so, or is not, whatever the path assumes: from a contradiction anything could be proved. */
bool claim_fact(const struct situation *s, enum goal goal, bool holds, const char *about);
/* One goal for each clause: the world is so. True if all are proved; stops at the first that is refuted. */
bool claim_all(const struct situation *s, enum goal goal, const struct assertion *a, struct world *w);
/* A rule that the machine broke on the current path: a finding, unless the path cannot be. */
void claim_broken(const struct situation *s, const struct arm_state *arm);

/* ---- trace.c: each does nothing unless it is wanted ---- */

void trace_conditions(struct proof *proof, const char *title, size_t from);
void trace_code(struct proof *proof, const term *code, unsigned count);
void trace_goal(struct proof *proof, enum goal goal, const char *about, term truth, uint64_t steps,
                enum verdict verdict);
/* Whether this register pair is to be looked at. */
bool trace_wants(const struct proof *proof, unsigned fields, unsigned dst, unsigned src);

/* ---- compiler.c: a compiler that is called for one instruction after the other ------------------------------ */

struct compiler {
    struct world world;
    const struct prelude *prelude;
    const struct homes *homes;
    const struct bpf_insn *insn; /* NULL: the prelude */
    enum pass pass;
    term here, position, pc, length, capacity;
    term own_length;        /* of the instruction's code, as the offset table of the final pass has it */
    struct assertion given; /* the context's fields before the call */
    size_t called;          /* undo mark of the call's beginning */
};
/* Builds the machine for calls in one pass on `path`. `prelude` may be one that is not found yet. */
bool compiler_open(struct compiler *c, const struct target *target, const struct prelude *prelude, struct path *path,
                   enum pass pass, struct diag *diag);
void compiler_close(struct compiler *c);
/* Registers and memory for a call that compiles `insn` (NULL: the prelude). */
void compiler_call(struct compiler *c, const struct homes *homes, const struct bpf_insn *insn);
/* Assumes the domain: what is true of every such call. */
void compiler_assume_domain(struct compiler *c);
/* Position of the code of slot `index`, in halfwords: the entry of the final offset table. */
term compiler_offset_of(struct compiler *c, term index);
/* An entry of the offset table that the path speaks of: what is at byte `offset` when it is filled, or before. */
struct table_entry {
    term offset, value;
    bool filled;
};
/* Entry k; false beyond the last. */
bool compiler_table_entry(const struct path *path, size_t k, struct table_entry *entry);
/* `t` with other variables for what entries hold that are not filled yet. */
term compiler_with_other_garbage(const struct compiler *c, term t);
struct place compiler_context_place(const struct compiler *c, unsigned role);

/* ---- lawful.c: after the call has returned ---- */

struct emission {
    bool decided; /* the status is known */
    bool accepted;
    uint32_t status;
    unsigned count; /* halfwords, if it is accepted */
};
/* What it has returned. False if the status, or the length of the code, is not one value on this path, as far as the tool
 * can tell. */
bool compiler_result(struct compiler *c, struct emission *emission);
/* Goals of every call. False if one is not proved, so that there is nothing to go on with. */
bool compiler_was_lawful(const struct situation *s, struct compiler *c, struct emission *emission);
/* Goals: of the buffer it has changed nothing but `own` halfwords. Part of the above where the call accepts; how much is its own
 * where it refuses is for the other pass to say. */
void claim_output_kept(const struct situation *s, struct compiler *c, unsigned own);
/* Goals of any function: r4 to r11 and sp are what they were at the call; with `ours` see claim_of_ours. */
bool claim_saved(const struct situation *s, struct path_machine *machine, size_t stack, bool ours);
/* A halfword of the code, as a term of declared inputs: of that it is one there is a goal above. */
term compiler_halfword(struct compiler *c, unsigned index);
/* Field of the context after the call. */
term compiler_field(struct compiler *c, enum role role);

/* ---- prelude.c ---- */

/* Runs the prelude and notes what it leaves behind; this proves nothing. */
void prelude_find(const struct target *target, struct solver *solver, struct prelude *prelude);
void prelude_free(struct prelude *prelude);

/* ---- code.c: emitted code from one machine state to another ------------------------------------------------- */

struct code {
    struct world world;
    unsigned count;                    /* halfwords */
    bool executed[CODE_MAX_HALFWORDS]; /* by index: an instruction began here on some path since code_start */
};
/* False and a diag if the image cannot be mapped. */
bool code_open(struct code *c, const struct target *target, struct path *path, struct diag *diag);
/* Address of the first halfword. */
term code_begin(const struct code *c);
void code_close(struct code *c);
/* Writes the code and the initial state; what `initial` does not name is of class U. Execution begins at halfword
 * `entry`. */
void code_start(struct code *c, const term *halfwords, unsigned count, unsigned entry, const struct assertion *initial);
/* Whether some path since code_start has read this halfword as data. */
bool code_is_data(const struct code *c, unsigned index);
/* Whether the instruction that begins with this halfword has 32 bits (A5.1); its opcode bits are known. */
bool code_is_wide(term halfword);

/* ---- triple.c ----------------------------------------------------------------------------------------------- */

/* A run from the world's current state to wherever its paths end. */
struct triple {
    struct situation situation;
    struct world *world;
    /* What must be true at the end of a path that broke no rule; states goals. */
    void (*judge)(struct triple *triple);
    void *data;
    bool is_code;   /* count the run's instructions as those of emitted code */
    bool is_main;   /* its paths are the obligation's, and together cover every state that was assumed: a goal */
    term covered;   /* so far */
    size_t assumed; /* conditions that are not the paths' own */
};
/* Explores and judges every path; state and path condition are those from before on return. */
void triple_prove(struct triple *triple);

#endif
