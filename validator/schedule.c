/*
 * Workers: each obligation in a forked process of its own. The parent has the target loaded, so a child starts where
 * every other starts, its answers do not depend on who ran before, and its crash loses one obligation and not the run.
 */
#include "validator/validator.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct worker {
    pid_t pid; /* 0 = free */
    int fd;    /* the child's answer */
    size_t index;
    char *text;
    size_t length;
};

static void child(const struct target *target, const struct obligation *o, bool audit, int fd)
{
    struct result result = obligation_decide(o, target, audit, NULL);
    char *text = result_to_json(&result);
    size_t length = text ? strlen(text) : 0;
    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, text + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(1);
        done += (size_t)n;
    }
    _exit(0);
}

static bool start(const struct target *target, const struct obligation *list, size_t index, bool audit,
                  struct worker *w)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    if (pid == 0) {
        close(ends[0]);
        child(target, &list[index], audit, ends[1]);
    }
    close(ends[1]);
    *w = (struct worker){.pid = pid, .fd = ends[0], .index = index};
    return true;
}

static void lost(struct result *r, const struct obligation *o, const char *why)
{
    *r = (struct result){.verdict = VERDICT_UNKNOWN};
    snprintf(r->id, sizeof r->id, "%s", o->id);
    snprintf(r->reason, sizeof r->reason, "%s", why);
}

static void finish(struct worker *w, const struct obligation *list, struct result *results)
{
    int status;
    char why[80];
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(w->fd);
    bool sound =
        WIFEXITED(status) && WEXITSTATUS(status) == 0 && w->text && result_from_json(w->text, &results[w->index]);
    if (!sound) {
        if (WIFSIGNALED(status))
            snprintf(why, sizeof why, "the worker was lost: %s", strsignal(WTERMSIG(status)));
        else
            snprintf(why, sizeof why, "the worker ended with status %d and no answer", WEXITSTATUS(status));
        lost(&results[w->index], &list[w->index], why);
    }
    free(w->text);
    *w = (struct worker){0};
}

/* Reads what there is; true at the end of the answer. */
static bool drain(struct worker *w)
{
    char buffer[4096];
    ssize_t n = read(w->fd, buffer, sizeof buffer);
    if (n < 0)
        return errno != EINTR && errno != EAGAIN;
    if (n == 0)
        return true;
    w->text = realloc(w->text, w->length + (size_t)n + 1);
    if (!w->text)
        abort();
    memcpy(w->text + w->length, buffer, (size_t)n);
    w->length += (size_t)n;
    w->text[w->length] = '\0';
    return false;
}

static void progress(const struct run_options *options, size_t done, size_t count, const char *name)
{
    enum { WIDTH = 30 };
    if (!options->progress)
        return;
    int filled = count ? (int)(done * WIDTH / count) : WIDTH;
    fprintf(stderr, "\r\033[K[%.*s%*s] %zu/%zu %s", filled, "##############################", WIDTH - filled, "", done,
            count, name);
    if (done == count)
        fputs("\r\033[K", stderr);
    fflush(stderr);
}

void schedule_run(const struct target *target, const struct obligation *list, size_t count,
                  const struct run_options *options, struct result *results)
{
    enum { MAX_JOBS = 64 };
    struct worker workers[MAX_JOBS] = {0};
    unsigned jobs = options->jobs < 1 ? 1 : options->jobs > MAX_JOBS ? MAX_JOBS : options->jobs;
    size_t next = 0, done = 0;
    while (done < count) {
        struct pollfd fds[MAX_JOBS];
        nfds_t waiting = 0;
        unsigned slot[MAX_JOBS];
        for (unsigned i = 0; i < jobs; i++) {
            if (!workers[i].pid && next < count) {
                if (!start(target, list, next, options->audit, &workers[i])) {
                    lost(&results[next], &list[next], "no worker could be started");
                    done++;
                }
                next++;
            }
            if (workers[i].pid) {
                slot[waiting] = i;
                fds[waiting++] = (struct pollfd){.fd = workers[i].fd, .events = POLLIN};
            }
        }
        if (waiting == 0 || poll(fds, waiting, -1) < 0)
            continue;
        for (nfds_t k = 0; k < waiting; k++) {
            struct worker *w = &workers[slot[k]];
            if (!(fds[k].revents & (POLLIN | POLLHUP | POLLERR)) || !drain(w))
                continue;
            size_t index = w->index;
            finish(w, list, results);
            progress(options, ++done, count, list[index].id);
        }
    }
}
