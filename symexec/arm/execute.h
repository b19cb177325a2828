/* The semantics that the table names: one small function for each operation, for all of its encodings. */
#ifndef THUMBPROOF_ARM_EXECUTE_H
#define THUMBPROOF_ARM_EXECUTE_H

#include "symexec/arm/internal.h"

/* Executes one decoded instruction. False if a rule is broken; what has changed by then is in the undo log. */

/* ---- exec_data.c ---- */

/* 16-bit encodings set flags outside of IT blocks (IT_FLAGS), 32-bit ones where S is set. */
bool arm_sets_flags(const struct arm_state *s, const struct arm_insn *insn);
void arm_set_nz(struct arm_state *s, term value);

bool exec_adc(struct arm_state *s, const struct arm_insn *insn);
bool exec_add(struct arm_state *s, const struct arm_insn *insn);
bool exec_adr_add(struct arm_state *s, const struct arm_insn *insn);
bool exec_adr_sub(struct arm_state *s, const struct arm_insn *insn);
bool exec_and(struct arm_state *s, const struct arm_insn *insn);
bool exec_asr(struct arm_state *s, const struct arm_insn *insn);
bool exec_bic(struct arm_state *s, const struct arm_insn *insn);
bool exec_cmn(struct arm_state *s, const struct arm_insn *insn);
bool exec_cmp(struct arm_state *s, const struct arm_insn *insn);
bool exec_eor(struct arm_state *s, const struct arm_insn *insn);
bool exec_lsl(struct arm_state *s, const struct arm_insn *insn);
bool exec_lsr(struct arm_state *s, const struct arm_insn *insn);
bool exec_mov(struct arm_state *s, const struct arm_insn *insn);
bool exec_movt(struct arm_state *s, const struct arm_insn *insn);
bool exec_mvn(struct arm_state *s, const struct arm_insn *insn);
bool exec_orn(struct arm_state *s, const struct arm_insn *insn);
bool exec_orr(struct arm_state *s, const struct arm_insn *insn);
bool exec_ror(struct arm_state *s, const struct arm_insn *insn);
bool exec_rsb(struct arm_state *s, const struct arm_insn *insn);
bool exec_sbc(struct arm_state *s, const struct arm_insn *insn);
bool exec_sub(struct arm_state *s, const struct arm_insn *insn);
bool exec_teq(struct arm_state *s, const struct arm_insn *insn);
bool exec_tst(struct arm_state *s, const struct arm_insn *insn);

/* ---- exec_bits.c ---- */

bool exec_bfc(struct arm_state *s, const struct arm_insn *insn);
bool exec_bfi(struct arm_state *s, const struct arm_insn *insn);
bool exec_clz(struct arm_state *s, const struct arm_insn *insn);
bool exec_rbit(struct arm_state *s, const struct arm_insn *insn);
bool exec_rev(struct arm_state *s, const struct arm_insn *insn);
bool exec_rev16(struct arm_state *s, const struct arm_insn *insn);
bool exec_revsh(struct arm_state *s, const struct arm_insn *insn);
bool exec_sbfx(struct arm_state *s, const struct arm_insn *insn);
bool exec_sxtb(struct arm_state *s, const struct arm_insn *insn);
bool exec_sxth(struct arm_state *s, const struct arm_insn *insn);
bool exec_ubfx(struct arm_state *s, const struct arm_insn *insn);
bool exec_uxtb(struct arm_state *s, const struct arm_insn *insn);
bool exec_uxth(struct arm_state *s, const struct arm_insn *insn);

/* ---- exec_multiply.c ---- */

bool exec_mla(struct arm_state *s, const struct arm_insn *insn);
bool exec_mls(struct arm_state *s, const struct arm_insn *insn);
bool exec_mul(struct arm_state *s, const struct arm_insn *insn);
bool exec_sdiv(struct arm_state *s, const struct arm_insn *insn);
bool exec_smlal(struct arm_state *s, const struct arm_insn *insn);
bool exec_smull(struct arm_state *s, const struct arm_insn *insn);
bool exec_udiv(struct arm_state *s, const struct arm_insn *insn);
bool exec_umlal(struct arm_state *s, const struct arm_insn *insn);
bool exec_umull(struct arm_state *s, const struct arm_insn *insn);

/* ---- exec_memory.c ---- */

bool exec_ldr(struct arm_state *s, const struct arm_insn *insn);
bool exec_ldrb(struct arm_state *s, const struct arm_insn *insn);
bool exec_ldrd(struct arm_state *s, const struct arm_insn *insn);
bool exec_ldrh(struct arm_state *s, const struct arm_insn *insn);
bool exec_ldrsb(struct arm_state *s, const struct arm_insn *insn);
bool exec_ldrsh(struct arm_state *s, const struct arm_insn *insn);
bool exec_str(struct arm_state *s, const struct arm_insn *insn);
bool exec_strb(struct arm_state *s, const struct arm_insn *insn);
bool exec_strd(struct arm_state *s, const struct arm_insn *insn);
bool exec_strh(struct arm_state *s, const struct arm_insn *insn);

/* ---- exec_multiple.c ---- */

bool exec_ldm(struct arm_state *s, const struct arm_insn *insn);
bool exec_ldm_low(struct arm_state *s, const struct arm_insn *insn);
bool exec_ldmdb(struct arm_state *s, const struct arm_insn *insn);
bool exec_pop(struct arm_state *s, const struct arm_insn *insn);
bool exec_push(struct arm_state *s, const struct arm_insn *insn);
bool exec_stm(struct arm_state *s, const struct arm_insn *insn);
bool exec_stm_low(struct arm_state *s, const struct arm_insn *insn);
bool exec_stmdb(struct arm_state *s, const struct arm_insn *insn);

/* ---- exec_branch.c ---- */

bool exec_b(struct arm_state *s, const struct arm_insn *insn);
bool exec_b_conditional(struct arm_state *s, const struct arm_insn *insn);
bool exec_bl(struct arm_state *s, const struct arm_insn *insn);
bool exec_blx(struct arm_state *s, const struct arm_insn *insn);
bool exec_bx(struct arm_state *s, const struct arm_insn *insn);
bool exec_cbnz(struct arm_state *s, const struct arm_insn *insn);
bool exec_cbz(struct arm_state *s, const struct arm_insn *insn);
bool exec_it(struct arm_state *s, const struct arm_insn *insn);
bool exec_nop(struct arm_state *s, const struct arm_insn *insn);
bool exec_tbb(struct arm_state *s, const struct arm_insn *insn);
bool exec_tbh(struct arm_state *s, const struct arm_insn *insn);
bool exec_undefined(struct arm_state *s, const struct arm_insn *insn);
bool exec_system(struct arm_state *s, const struct arm_insn *insn);
bool exec_unsupported(struct arm_state *s, const struct arm_insn *insn);

#endif
