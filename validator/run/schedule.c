/*
 * Workers: forked processes that decide one obligation after the other. Whoever decides it, an obligation starts from an
 * empty term store, so its answer does not depend on what its worker did before; and a worker that crashes loses one
 * obligation, and not the run.
 */
#include "validator/run/run.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_JOBS = 64 };

struct worker {
    pid_t pid;              /* 0 = none */
    int questions, answers; /* our ends of the pipes: indices of obligations as numbers, results as lines of JSON */
    bool busy;
    size_t index; /* of the obligation under way */
    char *text;
    size_t length, room;
};

struct run {
    const struct session *session;
    const struct obligation *list;
    size_t count;
    const struct run_options *options;
    struct result *results;
    struct worker workers[MAX_JOBS];
    size_t next, done; /* obligations given out so far; decided so far */
    size_t end;        /* obligations from here on are not to be decided: one before was refuted */
};

/* ---- a worker's side ---- */

static bool write_whole(int fd, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)data + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool read_index(int fd, size_t *index)
{
    ssize_t n;
    do
        n = read(fd, index, sizeof *index);
    while (n < 0 && errno == EINTR);
    return n == sizeof *index; /* less than PIPE_BUF: whole or nothing */
}

static void work(const struct run *run, int questions, int answers)
{
    size_t index;
    while (read_index(questions, &index)) {
        struct result result = decide(run->session, &run->list[index], run->options);
        cJSON *json = result_to_json(&result, RESULT_TIMES | RESULT_READS);
        char *text = cJSON_PrintUnformatted(json);
        cJSON_Delete(json);
        bool sent = text && write_whole(answers, text, strlen(text)) && write_whole(answers, "\n", 1);
        free(text);
        result_free(&result);
        if (!sent)
            _exit(1);
    }
    _exit(0);
}

/* ---- our side ---- */

static bool start(struct run *run, struct worker *w)
{
    int down[2], up[2];
    if (pipe(down) != 0)
        return false;
    if (pipe(up) != 0) {
        close(down[0]);
        close(down[1]);
        return false;
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        for (unsigned i = 0; i < MAX_JOBS; i++) /* or others would not see their end */
            if (run->workers[i].pid) {
                close(run->workers[i].questions);
                close(run->workers[i].answers);
            }
        close(down[1]);
        close(up[0]);
        work(run, down[0], up[1]);
    }
    close(down[0]);
    close(up[1]);
    if (pid < 0) {
        close(down[1]);
        close(up[0]);
        return false;
    }
    *w = (struct worker){.pid = pid, .questions = down[1], .answers = up[0]};
    return true;
}

/* Ends a worker and returns its wait status. */
static int dismiss(struct worker *w)
{
    int status = 0;
    close(w->questions);
    close(w->answers);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    free(w->text);
    *w = (struct worker){0};
    return status;
}

static void undecided(struct run *run, size_t index, const char *why)
{
    struct result *r = &run->results[index];
    *r = (struct result){.verdict = VERDICT_UNKNOWN};
    snprintf(r->id, sizeof r->id, "%s", run->list[index].id);
    snprintf(r->reason, sizeof r->reason, "%s", why);
}

static void progress(const struct run *run, const char *name)
{
    enum { WIDTH = 30 };
    if (!run->options->progress)
        return;
    int filled = run->count ? (int)(run->done * WIDTH / run->count) : WIDTH;
    fprintf(stderr, "\r\033[K[%.*s%*s] %zu/%zu %s", filled, "##############################", WIDTH - filled, "",
            run->done, run->count, name);
    if (run->done == run->count)
        fputs("\r\033[K", stderr);
    fflush(stderr);
}

static void decided(struct run *run, size_t index)
{
    run->done++;
    progress(run, run->list[index].id);
    if (run->options->fail_fast && run->results[index].verdict == VERDICT_REFUTED && index < run->end)
        run->end = index + 1;
}

/* A worker that has ended in the middle: its obligation is lost, and said to be; another takes its place. */
static void lose(struct run *run, struct worker *w)
{
    char why[80];
    size_t index = w->index;
    int status = dismiss(w);
    if (WIFSIGNALED(status))
        snprintf(why, sizeof why, "the worker was lost: %s", strsignal(WTERMSIG(status)));
    else
        snprintf(why, sizeof why, "the worker ended with status %d and no answer", WEXITSTATUS(status));
    undecided(run, index, why);
    decided(run, index);
}

/* Reads what there is. */
static void listen_to(struct run *run, struct worker *w)
{
    if (w->length + 1 >= w->room) {
        w->room = 2 * w->room + 4096;
        w->text = realloc(w->text, w->room);
        if (!w->text)
            abort();
    }
    ssize_t n = read(w->answers, w->text + w->length, w->room - w->length - 1);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n > 0) {
        w->length += (size_t)n;
        w->text[w->length] = '\0';
        if (w->text[w->length - 1] != '\n')
            return;
    }
    if (n <= 0 || !result_from_json(w->text, &run->results[w->index])) {
        lose(run, w);
        return;
    }
    w->busy = false;
    w->length = 0;
    decided(run, w->index);
}

/* Gives a worker the next obligation; starts it if it is not there. */
static void engage(struct run *run, struct worker *w)
{
    size_t index = run->next;
    if (!w->pid && !start(run, w)) {
        undecided(run, index, "no worker could be started");
        run->next++;
        decided(run, index);
        return;
    }
    if (write_whole(w->questions, &index, sizeof index)) {
        w->busy = true;
        w->index = index;
        run->next++;
    } else { /* it died while it was idle */
        dismiss(w);
    }
}

/* The sooner obligations decide: what comes after the first refutation of the list counts as not decided, whether a
 * worker had begun it or not. */
static void stop_early(struct run *run)
{
    for (size_t i = run->end; i < run->count; i++) {
        result_free(&run->results[i]);
        undecided(run, i, "not decided: the run stopped at the first refutation");
    }
}

/* Where everything is to be told, everything is decided here. */
static void decide_here(struct run *run)
{
    for (; run->next < run->end; run->next++) {
        run->results[run->next] = decide(run->session, &run->list[run->next], run->options);
        decided(run, run->next);
    }
    stop_early(run);
}

void schedule_run(const struct session *session, const struct obligations *list, const struct run_options *options,
                  struct result *results)
{
    unsigned jobs = options->jobs < 1 ? 1 : options->jobs > MAX_JOBS ? MAX_JOBS : options->jobs;
    struct run run = {.session = session,
                      .list = list->items,
                      .count = list->count,
                      .options = options,
                      .results = results,
                      .end = list->count};
    if (options->telling) {
        decide_here(&run);
        return;
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before); /* a worker's death is seen where it is written to */
    for (;;) {
        struct pollfd fds[MAX_JOBS];
        nfds_t waiting = 0;
        unsigned slot[MAX_JOBS];
        for (unsigned i = 0; i < jobs; i++) {
            struct worker *w = &run.workers[i];
            while (!w->busy && run.next < run.end)
                engage(&run, w);
            if (w->busy && w->index < run.end) {
                slot[waiting] = i;
                fds[waiting++] = (struct pollfd){.fd = w->answers, .events = POLLIN};
            }
        }
        if (waiting == 0)
            break;
        if (poll(fds, waiting, -1) < 0)
            continue;
        for (nfds_t k = 0; k < waiting; k++)
            if (fds[k].revents & (POLLIN | POLLHUP | POLLERR))
                listen_to(&run, &run.workers[slot[k]]);
    }
    for (unsigned i = 0; i < jobs; i++) {
        if (run.workers[i].busy)
            kill(run.workers[i].pid, SIGKILL);
        if (run.workers[i].pid)
            dismiss(&run.workers[i]);
    }
    sigaction(SIGPIPE, &before, NULL);
    stop_early(&run);
    if (options->progress)
        fputs("\r\033[K", stderr);
}
