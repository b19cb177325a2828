/* Workers: what each decides does not depend on the others, and one that is lost loses one obligation. */
#include "validator/run/run.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- kinds that behave in ways of their own ---- */

/* Leaves terms behind, and says how many there were when it began: the same number, whoever was here before. */
static void prove_quietly(struct proof *proof, const struct obligation *o)
{
    char name[32];
    proof->result.paths = 1;
    proof->result.instructions = term_count();
    for (size_t i = 0; i < 10 + o->routine; i++) {
        snprintf(name, sizeof name, "left_%zu", i);
        term_var(name, 32, TERM_ORDINARY);
    }
}

static void crash(struct proof *proof, const struct obligation *o)
{
    (void)proof, (void)o;
    raise(SIGKILL);
}

static void leave(struct proof *proof, const struct obligation *o)
{
    (void)proof, (void)o;
    _exit(7);
}

static void refute(struct proof *proof, const struct obligation *o)
{
    (void)o;
    proof->result.paths = 1;
    proof_fail(proof, VERDICT_REFUTED, "made to fail");
}

static void do_nothing(struct proof *proof, const struct obligation *o)
{
    (void)proof, (void)o;
}

static const struct kind kinds[] = {{"quiet", "", false, NULL, prove_quietly},
                                    {"crash", "", false, NULL, crash},
                                    {"leave", "", false, NULL, leave},
                                    {"refute", "", false, NULL, refute},
                                    {"nothing", "", false, NULL, do_nothing}};
enum { QUIET, CRASH, LEAVE, REFUTE, NOTHING };

/* ---- a run of some of them ---- */

enum { MOST = 12 };

struct scheduled {
    struct obligations list;
    struct result results[MOST];
};

static void run(struct scheduled *s, const int *which, size_t count, unsigned jobs, bool fail_fast)
{
    static struct target target;
    struct session session = {.target = &target, .shared = solver_shared_open()};
    const struct run_options options = {.jobs = jobs, .fail_fast = fail_fast};
    char name[16];
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%zu", i);
        obligations_add(&s->list, &kinds[which[i]], name)->routine = i;
    }
    schedule_run(&session, &s->list, &options, s->results);
    session_close(&session);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(s->results[i].id, s->list.items[i].id);
    free(s->list.items);
}

static void an_obligation_starts_from_an_empty_store(void **state)
{
    (void)state;
    static const int which[] = {QUIET, QUIET, QUIET, QUIET, QUIET, QUIET};
    for (unsigned jobs = 1; jobs <= 3; jobs++) {
        struct scheduled s;
        run(&s, which, 6, jobs, false);
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(s.results[i].verdict, VERDICT_PROVED);
            assert_int_equal(s.results[i].instructions, s.results[0].instructions);
        }
    }
}

static void a_lost_worker_loses_one_obligation(void **state)
{
    (void)state;
    static const int which[] = {QUIET, CRASH, QUIET, LEAVE, CRASH, QUIET, NOTHING};
    for (unsigned jobs = 1; jobs <= 3; jobs++) {
        struct scheduled s;
        run(&s, which, 7, jobs, false);
        for (size_t i = 0; i < 7; i++)
            assert_int_equal(s.results[i].verdict, which[i] == QUIET ? VERDICT_PROVED : VERDICT_UNKNOWN);
        assert_string_equal(s.results[1].reason, "the worker was lost: Killed");
        assert_string_equal(s.results[3].reason, "the worker ended with status 7 and no answer");
        assert_string_equal(s.results[6].reason, "no path was explored");
    }
}

static void the_last_worker_may_be_lost(void **state)
{
    (void)state;
    static const int which[] = {CRASH, CRASH, CRASH};
    struct scheduled s;
    run(&s, which, 3, 2, false);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(s.results[i].verdict, VERDICT_UNKNOWN);
    run(&s, which, 0, 2, false); /* nothing to do ends at once */
}

static void the_first_refutation_of_the_list_ends_it(void **state)
{
    (void)state;
    static const int which[] = {QUIET, CRASH, QUIET, REFUTE, QUIET, REFUTE, CRASH, QUIET};
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        struct scheduled s;
        run(&s, which, 8, jobs, true);
        assert_int_equal(s.results[0].verdict, VERDICT_PROVED);
        assert_int_equal(s.results[1].verdict, VERDICT_UNKNOWN);
        assert_int_equal(s.results[2].verdict, VERDICT_PROVED);
        assert_int_equal(s.results[3].verdict, VERDICT_REFUTED);
        for (size_t i = 4; i < 8; i++) {
            assert_int_equal(s.results[i].verdict, VERDICT_UNKNOWN);
            assert_int_equal(strncmp(s.results[i].reason, "not decided", 11), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_obligation_starts_from_an_empty_store),
        cmocka_unit_test(a_lost_worker_loses_one_obligation),
        cmocka_unit_test(the_last_worker_may_be_lost),
        cmocka_unit_test(the_first_refutation_of_the_list_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
