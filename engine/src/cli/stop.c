/* cli/stop.c: see stop.h. */
#include "cli/stop.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/say.h"

static volatile sig_atomic_t g_signal;

static void on_signal(int number) { g_signal = number; }

/* The lowest free number is taken, so in ascending order each gets its own. Standard output for reading: a write fails, and is seen. */
static void fill_descriptors(void) {
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) == -1) (void)!open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

void cli_stop_setup(void) {
  static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
  struct rlimit none = {0, 0};
  fill_descriptors();
  (void)setrlimit(RLIMIT_CORE, &none);
  signal(SIGXFSZ, SIG_IGN);
  for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
    struct sigaction now, then = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    if (sigaction(caught[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
      sigaction(caught[i], &then, NULL); /* nohup stays */
  }
}

int cli_stopped(void) { return g_signal != 0; }

int cli_stop_check(void) { return g_signal ? cli_fail("stopped; nothing was written") : 0; }

void cli_stop_raise(void) {
  if (!g_signal) return;
  signal(g_signal, SIG_DFL);
  raise(g_signal);
}
