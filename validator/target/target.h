/*
 * The target: what a JIT says about itself (the manifest) and its ELF file, each checked against the other.
 *
 * The manifest says only what the ELF file cannot: which symbol, member or constant plays which role, and where values
 * live at instruction boundaries. Addresses, offsets, sizes and the values of constants come from the ELF file and its
 * debug information. Opening a target proves nothing.
 */
#ifndef THUMBPROOF_TARGET_H
#define THUMBPROOF_TARGET_H

#include "specs/specs.h"
#include "symexec/path/path.h"
#include "symexec/term/diag.h"

/* ---- manifest.c ---- */

enum { NAME_SIZE = 64 };

/* A number by the name of an enumerator of the ELF file, or as it is. */
struct constant {
    char name[NAME_SIZE]; /* empty: the manifest has the number */
    uint32_t value;
};

/* Fields of the compiler's context. */
enum role {
    ROLE_PROGRAM,  /* pointer to the program's slots */
    ROLE_LENGTH,   /* of the program, in slots */
    ROLE_OFFSETS,  /* pointer to one word for each slot: the position of its code */
    ROLE_CODE,     /* pointer to the output buffer */
    ROLE_CAPACITY, /* of the buffer, in halfwords */
    ROLE_POSITION, /* next halfword to be written */
    ROLE_PC,       /* slot being compiled */
    ROLE_FINAL,    /* 0 in the pass that finds positions, 1 in the pass that uses them */
    ROLE_HOMES,    /* pointer to the assignment of homes */
    ROLE_ROUTINES, /* optional: pointer to the table of routines that emitted code calls */
    ROLE_WAYS,     /* from here on, by enum bpf_outcome: where the code of a way out begins */
    ROLE_COUNT = ROLE_WAYS + BPF_OUTCOMES,
};

/* Fields of the VM block. */
enum vm_role { VM_CONTEXT_ADDRESS, VM_CONTEXT_LENGTH, VM_STACK_TOP, VM_FUEL, VM_RESULT, VM_ROLES };

struct field {
    char member[NAME_SIZE]; /* empty: there is none */
    uint32_t offset, size;  /* bytes */
};

struct layout {
    char tag[NAME_SIZE]; /* of the C struct */
    uint32_t size;
};

/* Where a word lives. */
enum place_kind { PLACE_REGISTER, PLACE_FRAME, PLACE_CELL, PLACE_HALFWORD };
struct place {
    enum place_kind kind;
    unsigned block; /* PLACE_CELL, PLACE_HALFWORD: enum block_id */
    uint32_t index; /* register number, bytes above sp at instruction boundaries, or bytes into the block */
};
bool place_equal(struct place a, struct place b);

/* One assignment of homes: where BPF registers live. */
struct homes {
    char symbol[NAME_SIZE];
    uint32_t address;
    struct place words[BPF_REGISTERS][2]; /* low word, high word */
};

/* A loop that is proved by its invariant: a function that takes one step of it on a struct. */
struct loop_binding {
    char step[NAME_SIZE]; /* empty: there is no such loop */
    uint32_t step_address;
    struct layout layout;
    struct loop_field {
        char name[NAME_SIZE]; /* the invariant's */
        struct field field;
    } * fields;
    size_t field_count;
};

/* A function that is known by what it promises. */
struct routine {
    char symbol[NAME_SIZE], is[NAME_SIZE];
    const struct promise *promise; /* NULL: "summary", which is computed */
    bool trusted;                  /* the promise is believed */
    uint32_t none;                 /* parameter of the promise: the value that means that there is no result */
    struct loop_binding loop;
};

/* A writable object of the image, whose contents the manifest declares to be always those of the file. */
struct global {
    char symbol[NAME_SIZE];
    uint32_t address, size; /* bytes */
};

enum { SAVED_REGISTERS = 9 }; /* r4 to r11 and lr */

struct manifest {
    char name[80], core_name[32], prelude[NAME_SIZE], emit[NAME_SIZE], routine_table[NAME_SIZE];
    struct arm_core core;
    struct layout context, vm;
    struct field context_fields[ROLE_COUNT], vm_fields[VM_ROLES];
    struct field *scratch; /* of the context: undefined when a call begins, and the call's to use */
    size_t scratch_count;
    struct homes *homes;
    size_t homes_count;
    unsigned vm_register, fuel_register;
    uint32_t frame_bytes;                              /* sp at entry minus sp at instruction boundaries */
    struct place saved[SAVED_REGISTERS];               /* of the caller */
    struct constant accepted, code_full, branch_range; /* what the compiler returns */
    struct constant way_status[BPF_OUTCOMES];          /* what a run that ends so returns */
    struct constant program_slots;                     /* longest program */
    struct constant headroom, prelude_headroom; /* halfwords of room that an instruction, the prelude may ask for */
    struct constant branch_reach;               /* bytes from its own code that a jump must be able to reach */
    struct constant stack_bytes; /* below sp at entry that emitted code itself may use, the frame included */
    struct global *globals;
    size_t global_count;
    struct routine *routines;
    size_t routine_count;
};

/* Reads and checks a manifest; the owner frees it. False and a diag on error, and then there is nothing to free. */
bool manifest_read(const char *path, struct manifest *manifest, struct diag *diag);
void manifest_free(struct manifest *manifest);

/* ---- target.c ---- */

struct target {
    struct manifest manifest;
    struct arm_image *image;
    char elf_path[512], manifest_path[512];
    char sha256[65], manifest_sha256[65];
    char compiler[128];
    enum arm_architecture architecture; /* that the ELF file says it was built for */
    uint32_t prelude_address, emit_address, routine_table_address;
    struct path_contract *contracts; /* of the manifest's routines, in their order */
};
/* Reads both files and resolves each name of the manifest. False and a diag if something is wrong or missing. */
bool target_open(const char *elf, const char *manifest, struct target *target, struct diag *diag);
void target_close(struct target *target);

/* ---- limits.c ---- */

/* Where a manifest has a limit of the contract. */
struct constant *manifest_limit(struct manifest *manifest, enum spec_limit_id id);
uint32_t target_limit(const struct target *target, enum spec_limit_id id);
/* Whether the validator can represent the limits. False and a diag if not. */
bool limits_possible(const struct target *target, struct diag *diag);
/* Whether the limits are no weaker than the contract asks. False and a diag if not. */
bool limits_met(const struct target *target, struct diag *diag);

#endif
