#include "mapping/code_language.h"

#include <string.h>
#include <strings.h>

/* The languages of the API that are their own word; the others are in `words`. */
static const char *const languages[] = {
	"abap",		 "abc",	       "agda",	      "arduino",     "assembly",
	"bash",		 "basic",      "bnf",	      "c",	     "clojure",
	"coffeescript",	 "coq",	       "css",	      "dart",	     "dhall",
	"diff",		 "ebnf",       "elixir",      "elm",	     "erlang",
	"flow",		 "fortran",    "gherkin",     "glsl",	     "go",
	"graphql",	 "groovy",     "haskell",     "hcl",	     "html",
	"idris",	 "java",       "javascript",  "json",	     "julia",
	"kotlin",	 "latex",      "less",	      "lisp",	     "livescript",
	"lua",		 "makefile",   "markdown",    "markup",	     "matlab",
	"mathematica",	 "mermaid",    "nix",	      "objective-c", "ocaml",
	"pascal",	 "perl",       "php",	      "powershell",  "prolog",
	"protobuf",	 "purescript", "python",      "r",	     "racket",
	"reason",	 "ruby",       "rust",	      "sass",	     "scala",
	"scheme",	 "scss",       "shell",	      "smalltalk",   "solidity",
	"sql",		 "swift",      "toml",	      "typescript",  "vb.net",
	"verilog",	 "vhdl",       "webassembly", "xml",	     "yaml",
	"java/c/c++/c#",
};

struct word {
	const char *word;
	const char *language;
};

/* What is written for a language whose name can't stand there. */
static const struct word words[] = {
	{"", "plain text"},
	{"cpp", "c++"},
	{"csharp", "c#"},
	{"fsharp", "f#"},
	{"dockerfile", "docker"},
	{"ascii-art", "ascii art"},
	{"llvm-ir", "llvm ir"},
	{"notion-formula", "notion formula"},
	{"visual-basic", "visual basic"},
};

/* Read as well. */
static const struct word aliases[] = {
	{"c++", "c++"},
	{"cc", "c++"},
	{"cxx", "c++"},
	{"hpp", "c++"},
	{"c#", "c#"},
	{"cs", "c#"},
	{"f#", "f#"},
	{"fs", "f#"},
	{"docker", "docker"},
	{"text", "plain text"},
	{"txt", "plain text"},
	{"plain", "plain text"},
	{"plaintext", "plain text"},
	{"plain text", "plain text"},
	{"none", "plain text"},
	{"js", "javascript"},
	{"mjs", "javascript"},
	{"jsx", "javascript"},
	{"node", "javascript"},
	{"ts", "typescript"},
	{"tsx", "typescript"},
	{"py", "python"},
	{"python3", "python"},
	{"rb", "ruby"},
	{"rs", "rust"},
	{"sh", "shell"},
	{"zsh", "shell"},
	{"console", "shell"},
	{"ps1", "powershell"},
	{"yml", "yaml"},
	{"md", "markdown"},
	{"tex", "latex"},
	{"golang", "go"},
	{"hs", "haskell"},
	{"kt", "kotlin"},
	{"ex", "elixir"},
	{"exs", "elixir"},
	{"erl", "erlang"},
	{"clj", "clojure"},
	{"coffee", "coffeescript"},
	{"objc", "objective-c"},
	{"objectivec", "objective-c"},
	{"pl", "perl"},
	{"ml", "ocaml"},
	{"make", "makefile"},
	{"asm", "assembly"},
	{"proto", "protobuf"},
	{"sol", "solidity"},
	{"svg", "xml"},
	{"wasm", "webassembly"},
	{"patch", "diff"},
	{"gql", "graphql"},
	{"tf", "hcl"},
	{"terraform", "hcl"},
	{"vb", "visual basic"},
	{"vbnet", "vb.net"},
	{"ascii art", "ascii art"},
	{"llvm ir", "llvm ir"},
	{"notion formula", "notion formula"},
	{"visual basic", "visual basic"},
};

const char *code_language_info(const char *language)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].language, language) == 0) {
			return words[i].word;
		}
	}
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		if (strcmp(languages[i], language) == 0) {
			return languages[i];
		}
	}
	return NULL;
}

static int is_word(const char *word, const char *info, size_t len)
{
	return strlen(word) == len && strncasecmp(word, info, len) == 0;
}

const char *code_language_from_info(const char *info, size_t len)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (is_word(words[i].word, info, len)) {
			return words[i].language;
		}
	}
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (is_word(aliases[i].word, info, len)) {
			return aliases[i].language;
		}
	}
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		if (is_word(languages[i], info, len)) {
			return languages[i];
		}
	}
	return NULL;
}
