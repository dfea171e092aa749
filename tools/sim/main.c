/* notion-sim: the server as a program of its own. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "mapping/base/clock.h"
#include "tools/sim/generate.h"
#include "tools/sim/server.h"

static const char usage[] = "usage: notion-sim [--port N] [--workspace FILE.json | --generate "
			    "pages=N,rows=N,blocks=N,seed=N]\n"
			    "                  [--token T] [--token-kind internal|pat] [--rate "
			    "N|off] [--latency-ms N]\n"
			    "                  [--search-lag-ms N] [--now ISO]\n";

static int fail(const char *what, const char *value)
{
	(void)fprintf(stderr, "notion-sim: %s%s%s\n%s", what, value != NULL ? ": " : "",
		      value != NULL ? value : "", usage);
	return 2;
}

static bool read_number(const char *text, unsigned *ret_number)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);
	if (*text == '-' || end == text || *end != '\0' || number > 100000000) {
		return false;
	}
	*ret_number = (unsigned)number;
	return true;
}

static bool read_generate(char *text, struct generate_options *options)
{
	const struct {
		const char *name;
		unsigned *number;
	} members[] = {
		{"pages", &options->pages},
		{"rows", &options->rows},
		{"blocks", &options->blocks},
		{"seed", &options->seed},
	};
	char *pair;
	while ((pair = strsep(&text, ",")) != NULL) {
		char *value = strchr(pair, '=');
		bool good = false;
		if (value != NULL) {
			*value++ = '\0';
		}
		for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
			if (value != NULL && strcmp(pair, members[i].name) == 0) {
				good = read_number(value, members[i].number);
			}
		}
		if (!good) {
			return false;
		}
	}
	return true;
}

struct arguments {
	struct sim_options options;
	struct generate_options generate;
	bool is_generated;
};

static int read_arguments(int argc, char **argv, struct arguments *arguments)
{
	enum { PORT = 1, WORKSPACE, GENERATE, TOKEN, TOKEN_KIND, RATE, LATENCY, LAG, NOW, HELP };
	static const struct option long_options[] = {
		{"port", required_argument, NULL, PORT},
		{"workspace", required_argument, NULL, WORKSPACE},
		{"generate", required_argument, NULL, GENERATE},
		{"token", required_argument, NULL, TOKEN},
		{"token-kind", required_argument, NULL, TOKEN_KIND},
		{"rate", required_argument, NULL, RATE},
		{"latency-ms", required_argument, NULL, LATENCY},
		{"search-lag-ms", required_argument, NULL, LAG},
		{"now", required_argument, NULL, NOW},
		{"help", no_argument, NULL, HELP},
		{0},
	};
	struct sim_options *options = &arguments->options;
	int option;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		bool good = true;
		switch (option) {
		case PORT:
			good = read_number(optarg, &options->port) && options->port < 65536;
			break;
		case WORKSPACE: options->workspace_file = optarg; break;
		case GENERATE:
			arguments->is_generated = true;
			good = read_generate(optarg, &arguments->generate);
			break;
		case TOKEN: options->token = optarg; break;
		case TOKEN_KIND:
			options->is_personal = strcmp(optarg, "pat") == 0;
			good = options->is_personal || strcmp(optarg, "internal") == 0;
			break;
		case RATE:
			if (strcmp(optarg, "off") == 0) {
				options->rate = SIM_RATE_OFF;
			} else {
				good = read_number(optarg, &options->rate) && options->rate > 0;
			}
			break;
		case LATENCY: good = read_number(optarg, &options->latency_ms); break;
		case LAG: good = read_number(optarg, &options->search_lag_ms); break;
		case NOW: good = clock_parse_iso(optarg, &options->now_ms) == 0; break;
		case HELP: (void)fputs(usage, stdout); return 1;
		default: return fail("unknown option", NULL);
		}
		if (!good) {
			return fail("not understood", optarg);
		}
	}
	if (optind < argc) {
		return fail("unexpected", argv[optind]);
	}
	if (arguments->is_generated && options->workspace_file != NULL) {
		return fail("--workspace and --generate exclude each other", NULL);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.generate = {.seed = 1}};
	sim_options_init(&arguments.options);
	int result = read_arguments(argc, argv, &arguments);
	if (result != 0) {
		return result == 1 ? 0 : result;
	}
	sigset_t signals;
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	if (arguments.is_generated) {
		arguments.options.workspace = generate_workspace(&arguments.generate);
	}
	struct sim *sim;
	CLEANUP(free) char *message = NULL;
	result = sim_start(&arguments.options, &sim, &message);
	json_decref(arguments.options.workspace);
	if (result < 0) {
		(void)fprintf(stderr, "notion-sim: %s\n", message);
		return 1;
	}
	(void)printf("notion-sim: listening on http://127.0.0.1:%u\n", sim_port(sim));
	(void)fflush(stdout);
	int received;
	(void)sigwait(&signals, &received);
	sim_stop(sim);
	return 0;
}
