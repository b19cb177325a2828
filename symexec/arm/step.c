/* One instruction: fetch, decode, condition, execute, advance. */
#include "symexec/arm/execute.h"

#include <stdlib.h>
#include <string.h>

/* What fetch found at a halfword of a constant image: decoding it is paid once. */
struct arm_fetched {
    struct arm_insn *insn;
    term next; /* the address behind it */
};

void arm_forget_fetched(struct arm_block *block)
{
    if (block->fetched)
        for (uint32_t i = 0; i < block->size / 2; i++)
            free(block->fetched[i].insn);
    free(block->fetched);
    block->fetched = NULL;
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        abort();
    return memory;
}

/* ---- fetch ---- */

/* The halfword at `offset`, or NULL beyond the block. Code is not data: what a stack or a limit forbids does not
 * matter here. */
static term fetch_halfword(struct arm_state *s, size_t block, uint32_t offset)
{
    if (offset + 2 > s->memory.blocks[block].size) {
        arm_break(s, ARM_BAD_ADDRESS, "an instruction crosses the end of block %s", s->memory.blocks[block].name);
        return NULL;
    }
    return term_extract(arm_peek(s, block, offset & ~3u), offset & 2 ? 16 : 0, 16);
}

static bool fetch_word(struct arm_state *s, size_t block, uint32_t offset, term *word)
{
    bool wide = false;
    *word = fetch_halfword(s, block, offset);
    if (!*word || !arm_is_wide(s, *word, &wide))
        return false;
    if (!wide)
        return true;
    term second = fetch_halfword(s, block, offset + 2);
    if (!second)
        return false;
    *word = term_concat(*word, second);
    return true;
}

/* Constant words of emitted code come again and again: the last ones are remembered by value. */
static bool decode_constant(struct arm_state *s, term word, const struct arm_insn **insn)
{
    enum { REMEMBERED = 1024 };
    if (!s->decoded)
        s->decoded = allocate(REMEMBERED, sizeof *s->decoded);
    struct arm_insn *entry = &s->decoded[word->hash % REMEMBERED];
    if (entry->word != word) {
        entry->word = NULL;
        struct arm_insn decoded;
        if (!arm_decode(s, word, &decoded) || !arm_complete(s, &decoded))
            return false;
        *entry = decoded;
    }
    *insn = entry;
    return true;
}

static bool find_code(struct arm_state *s, term pc, size_t *block, uint32_t *offset)
{
    struct arm_place place;
    if (!arm_find(s, pc, &place) || place.symbolic)
        return arm_break(s, ARM_BAD_BRANCH, "the PC is at no known place in a block");
    if (!(s->memory.blocks[place.block].permissions & ARM_EXECUTE))
        return arm_break(s, ARM_BAD_PERMISSION, "execution of block %s", s->memory.blocks[place.block].name);
    s->memory.code = *block = place.block;
    *offset = place.offset;
    return true;
}

/*
 * Fetches and decodes. *insn is complete for constant words; for others it is *local, with fields that may be open.
 * s->next becomes the address behind it.
 */
static bool fetch(struct arm_state *s, struct arm_insn *local, const struct arm_insn **insn)
{
    const struct arm_block *last = &s->memory.blocks[s->memory.code];
    size_t index = s->memory.code;
    uint32_t offset = 0;
    term pc = s->r[ARM_PC], word;
    bool near = s->memory.count > 0 && term_is_const(pc) && last->fetched && !last->poked &&
                (uint32_t)(pc->value - last->base->value) < last->size;
    if (near)
        offset = (uint32_t)(pc->value - last->base->value);
    else if (!find_code(s, pc, &index, &offset))
        return false;
    if (s->it == 0 && !arm_enter(s, index, offset))
        return false;

    struct arm_block *block = &s->memory.blocks[index];
    bool constant = block->image && !block->poked && !(block->permissions & ARM_WRITE) && term_is_const(block->base);
    struct arm_fetched *known = NULL;
    if (constant) {
        if (!block->fetched)
            block->fetched = allocate(block->size / 2, sizeof *block->fetched);
        known = &block->fetched[offset / 2];
        if (known->insn) {
            *insn = known->insn;
            s->next = known->next;
            return true;
        }
    }
    if (!fetch_word(s, index, offset, &word))
        return false;
    if (constant)
        arm_note_fetch(s, index, offset, word->width / 8u);
    s->next = term_add(pc, term_const(32, word->width / 8u));
    if (!term_is_const(word)) {
        *insn = local;
        return arm_decode(s, word, local);
    }
    if (!decode_constant(s, word, insn))
        return false;
    if (known) {
        known->insn = allocate(1, sizeof *known->insn);
        *known->insn = **insn;
        known->next = s->next;
        *insn = known->insn;
    }
    return true;
}

/* ---- execute ---- */

/* ITAdvance (A7.3.3). */
static uint32_t advance(uint32_t it)
{
    return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
}

static bool check_it(struct arm_state *s, const struct arm_insn *insn)
{
    const struct arm_encoding *row = insn->pattern->row;
    if (row->it == IT_NEVER)
        return arm_break(s, ARM_UNPREDICTABLE, "%s in an IT block", row->name);
    if (row->it == IT_LAST && (s->it & 0xf) != 8)
        return arm_break(s, ARM_UNPREDICTABLE, "%s is not the last of its IT block", row->name);
    return true;
}

/* What is UNDEFINED or UNPREDICTABLE is so even where its condition fails: a core may fault on it (A7.3.2). */
static bool check_legal(struct arm_state *s, const struct arm_insn *insn, struct arm_insn *local)
{
    if (insn == local && !arm_complete(s, local))
        return false;
    if (s->it != 0 && (s->it & 0xf) != 8 && arm_writes_pc(insn)) /* A7.3.3 */
        return arm_break(s, ARM_UNPREDICTABLE, "%s to the PC is not the last of its IT block",
                         insn->pattern->row->name);
    if (insn->unpredictable) {
        char what[96];
        snprintf(what, sizeof what, "%s with %s", insn->pattern->row->name, insn->unpredictable);
        return arm_break_encoding(s, ARM_UNPREDICTABLE, insn->word, what);
    }
    return insn->pattern->row->execute != exec_undefined || exec_undefined(s, insn);
}

bool arm_step(struct arm_state *s)
{
    struct arm_insn local;
    const struct arm_insn *insn;
    uint32_t it = s->it;
    bool passed = true;
    s->broken = ARM_RULE_NONE;
    if (!fetch(s, &local, &insn))
        return false;
    s->instructions++;
    if (it != 0 && (!check_it(s, insn) || !arm_decide(s, arm_condition(s, it >> 4), &passed)))
        return false;
    if (!check_legal(s, insn, &local))
        return false;
    if ((passed || insn->pattern->row->it == IT_ALWAYS) && !insn->pattern->row->execute(s, insn))
        return false;
    if (it != 0)
        undo_set_u32(s->undo, &s->it, advance(it));
    undo_set_term(s->undo, &s->r[ARM_PC], s->next);
    return true;
}
