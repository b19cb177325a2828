/* The tool as a process, and the files that it is run on. */
#include "validator/test/tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_ARGUMENTS = 16, SECONDS = 60 };

/* ---- files ---- */

char folder[] = "/tmp/thumbproof-cli-XXXXXX";

int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

int folder_remove(void **state)
{
    (void)state;
    DIR *list = opendir(folder);
    const struct dirent *entry;
    if (!list)
        return -1;
    while ((entry = readdir(list)) != NULL)
        if (entry->d_type == DT_REG)
            unlink(at(entry->d_name));
    closedir(list);
    return rmdir(folder);
}

struct bytes slurp(const char *path)
{
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    struct bytes b = {.size = (size_t)ftell(in)};
    b.data = malloc(b.size + 1);
    assert_non_null(b.data);
    rewind(in);
    assert_int_equal(fread(b.data, 1, b.size, in), b.size);
    b.data[b.size] = '\0';
    fclose(in);
    return b;
}

const char *at(const char *name)
{
    static char paths[16][320];
    static unsigned next;
    char *path = paths[next++ % 16];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void write_file(const char *path, const void *data, size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

const char *spill(const char *name, const void *data, size_t size)
{
    const char *path = at(name);
    write_file(path, data, size);
    return path;
}

/* ---- processes ---- */

static const char *tool(void)
{
    const char *path = getenv("THUMBPROOF");
    return path ? path : "build/thumbproof";
}

static void redirect(int fd, const char *name)
{
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, fd) < 0)
        _exit(127);
}

static void keep(const char *name, char *text)
{
    struct bytes b = slurp(name);
    size_t size = b.size < MAX_OUTPUT - 1 ? b.size : MAX_OUTPUT - 1;
    memcpy(text, b.data, size);
    text[size] = '\0';
    free(b.data);
}

struct outcome *run(const char *const *arguments)
{
    static struct outcome o;
    char *argv[MAX_ARGUMENTS + 2] = {(char *)(uintptr_t)tool()};
    for (int i = 0; i < MAX_ARGUMENTS && arguments[i]; i++)
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    const char *out = at("stdout"), *err = at("stderr");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        redirect(STDOUT_FILENO, out);
        redirect(STDERR_FILENO, err);
        close(STDIN_FILENO);
        alarm(SECONDS);
        execv(argv[0], argv);
        _exit(127);
    }
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status) == SIGALRM ? HANG : 128 + WTERMSIG(status);
    keep(out, o.out);
    keep(err, o.err);
    return &o;
}

/* The library that parses options adds a second line. */
bool clear(const char *err)
{
    const char *end = strchr(err, '\n');
    return strstr(err, "thumbproof: ") && end &&
           (end[1] == '\0' || (strncmp(end + 1, "Try `", 5) == 0 && !strchr(end + 1, '\n')[1]));
}

void refused(const struct outcome *o, const char *what)
{
    if (o->status != 2 || !clear(o->err) || !strstr(o->err, what) || *o->out)
        fail_msg("status %d, not 2 with one line on \"%s\"; stderr: %s", o->status, what, o->err);
}

const char *edited(const char *after, const char *from, const char *to)
{
    struct bytes b = slurp(MANIFEST);
    char *start = strstr((char *)b.data, after);
    char *place = start ? strstr(start, from) : NULL;
    if (!place)
        fail_msg("the manifest has no %s after %s", from, after);
    char *text = malloc(b.size + strlen(to) + 1);
    assert_non_null(text);
    int size = sprintf(text, "%.*s%s%s", (int)(place - (char *)b.data), (char *)b.data, to, place + strlen(from));
    const char *path = spill("edited.json", text, (size_t)size);
    free(text);
    free(b.data);
    return path;
}
