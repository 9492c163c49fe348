"""What ``--help`` prints."""

MAIN = """\
jupyterfhe: numbers that stay encrypted while Python computes on them

  jupyterfhe init [DIR]               make a workspace with keys
  jupyterfhe ladder [PRESET]          make keys with which deep programs climb to a larger ring
  jupyterfhe encrypt FILE --as NAME   encrypt a table: CSV, JSON or Parquet
  jupyterfhe inspect NAME|FILE...     say what something is; needs no secret
  jupyterfhe run SCRIPT.py            compute, in a process without secrets
  jupyterfhe decrypt NAME             open a table or a result
  jupyterfhe vault                    serve the notebook's vault on this machine
  jupyterfhe help COMMAND             options and examples of a command

For all commands:
  --home DIR   the workspace (default: $JUPYTERFHE_HOME, else ./.jupyterfhe)
  --json       print JSON, for programs

Wrong input gives a line on standard error and exit status 2.
"""

INIT = """\
jupyterfhe init [DIR]    make a workspace: keys, and room for encrypted tables

  DIR              a folder that does not exist yet (default: as --home)
  --preset NAME    stats-lite   2 multiplications in a row: means, sums, variances
                   stats        6: covariances, regressions, small networks (the default)
                   ml           14: deeper models, approximations of functions
                   deep-lean    any number: 8 at a time, then a bootstrap, which takes seconds; keys of 310 MB
                   deep         the same with 13 at a time; keys of 580 MB
                   deep-small   the same with 4 at a time, 14 bits right, in a third of the time; keys of 190 MB
                   exact, exact-deep   for integers alone: 7 and 16; all presets hold integers too
  --ladder [NAME]  the keys of jupyterfhe ladder too
  --depth D        instead of a preset: D multiplications in a row
  --scale-bits B   with --depth: precision, 30 to 58 (default 46)
  --security S     with --depth: 128 (default), 192 or 256 bits
  --json           print what was made as JSON

DIR/keys/secret.key (mode 0600) decrypts: it stays on this machine, and nobody can replace it. The other files
of DIR/keys are for the machine that computes. Keys are never overwritten.

Examples
  jupyterfhe init
  jupyterfhe init ward-7 --preset ml
  jupyterfhe init tiny --depth 1 --scale-bits 40
  jupyterfhe init ward-8 --preset ml --ladder
"""

LADDER = """\
jupyterfhe ladder [PRESET]    make keys with which programs go deeper than the workspace's own parameters

  PRESET      the larger ring: deep-small above stats, deep-lean (the default) or deep above ml; others have none
  --key FILE  the secret key, if it lies elsewhere
  --json      print what was made as JSON

What is encrypted stays as it is, also what was encrypted before. A program that multiplies more often in a row than
the workspace's parameters allow is computed in the larger ring, with bootstraps where levels end, and its results come
back; explain() says when, and what that costs. The keys go to keys/above; all of that folder is for the machine that
computes. The larger ring has a secret of its own that nobody keeps.

Examples
  jupyterfhe ladder
  jupyterfhe ladder deep --home ward-7
"""

ENCRYPT = """\
jupyterfhe encrypt FILE --as NAME    encrypt a table

  FILE                .csv, .tsv, .json (an array of objects), .ndjson or .jsonl (one a line), .parquet
  --as NAME           what it is called in the workspace
  --yes               encrypt the columns as found, without asking
  --dry-run           show the columns and write nothing
  --column NAME:K=V,..  declare what a column is; K is one of
                      type        float, int, bool, date, datetime or category
                      bounds      LOW..HIGH, public; a value outside is a malformed row
                      categories  a|b|c, in the order of their codes
                      labels      public, or private: they stay in this workspace
                      missing     mask or refuse
                      unit        a word, public
                      epoch       the day that dates are counted from (1970-01-01)
                      exact       no, yes or both, as --exact
  --only NAME         take this column alone (may be repeated)
  --drop NAME         leave this column out (may be repeated)
  --missing HOW       mask (a mask beside every column), refuse (a missing value is malformed);
                      default: a mask beside the columns in which a value is missing
  --na WORD           another word that means missing in a CSV (may be repeated)
  --categories HOW    private (default): labels of categories stay in this workspace, scripts write codes (0, 1, ..);
                      public: whoever has the table reads them
  --names HOW         public (default), or sealed: names of columns stay in this workspace, scripts write c1, c2, ..;
                      decrypt shows the names
  --exact HOW         columns of whole numbers (int, bool, date, category): yes (exact integers), no (approximate, as
                      floats are), both (results are exact where they can be; meets floats; about twice the bytes).
                      Default: yes where the workspace's preset is exact or exact-deep, else both
  --results BITS      of exact integers: bits of the largest result, 64 at most (default: enough for sums of rows)
  --level L           lower than the top level: smaller files, fewer multiplications
  --slots S           rows of a ciphertext, a power of two (default: all; only tables of one S can meet)
  --format F          csv, tsv, json or parquet, when the name does not say
  --delimiter C       of a CSV (default ','; 'tab' for a tab)
  --key FILE          the secret key (default: keys/secret.key of the workspace)
  --json              print the columns and what was made as JSON (with --yes or --dry-run)

Public afterwards: names, types, units, bounds, how many labels a category has (the labels where you say so),
which columns have a mask, and the number of rows. Secret: every value, and which are missing. Bounds that are found
are widened, so that they say little about the extremes.

Examples
  jupyterfhe encrypt patients.csv --as patients
  jupyterfhe encrypt patients.csv --as patients --drop name --column age:type=int,bounds=0..120 --yes
  jupyterfhe encrypt patients.csv --as patients --exact yes --column age:type=int,bounds=0..120,exact=both
  jupyterfhe encrypt visits.parquet --as visits --categories public --missing refuse
"""

INSPECT = """\
jupyterfhe inspect NAME|FILE...    say what something is; needs no secret and shows no value

  NAME     a table or result of the workspace; without any name all of them are listed
  FILE     a container (.ct, .key, .jfhe) or a folder of encrypted data
  --json   one JSON object a line

Examples
  jupyterfhe inspect
  jupyterfhe inspect patients
  jupyterfhe inspect .jupyterfhe/keys/relin.key --json
"""

RUN = """\
jupyterfhe run SCRIPT.py [ARGUMENTS]    run a script that computes on encrypted data

  --json   print the names of what it saved as JSON; what the script prints goes to standard error

The script runs in a process of its own that knows the workspace, jf.open("NAME") and jf.save(x, "NAME") work, and in
which the client, with the secret key's code, cannot be imported. That keeps mistakes from opening data. It is no
defence against a hostile script, which can read whatever your account can: run those on a machine without the
secret key. The exit status is the script's own.

Examples
  jupyterfhe run means.py
  jupyterfhe run fit.py --steps 5
"""

DECRYPT = """\
jupyterfhe decrypt NAME    open a table or a result, with a bound on the error of every number

  NAME             of the workspace, or a folder
  --key FILE       the secret key (default: keys/secret.key of the workspace)
  --rows N         print N rows at most (default 20)
  --only NAME      this column alone (may be repeated)
  --csv FILE       write all rows as CSV ('-' prints them)
  --json [FILE]    the same as JSON (default: printed)
  --parquet FILE   the same as Parquet; each field's metadata says its error bound

Numbers are cut to the digits that their bounds support; the bounds shown include what cutting dropped. Integers, dates
and categories are exact when no bound is shown. Files are written for you alone (mode 0600) and replace none.
What is shown is for holders of the key: numbers for others have to be flooded with noise first.

Examples
  jupyterfhe decrypt patients --rows 5
  jupyterfhe decrypt means --json
  jupyterfhe decrypt patients --only age --csv ages.csv
"""

VAULT = """\
jupyterfhe vault    serve the notebook's vault, where keys and readable data live, on this machine's loopback

  --lab ORIGIN     a JupyterLab that may use it, as http://localhost:8888; may be repeated (default: port 8888 here)
  --store ORIGIN   where ciphertexts may go; may be repeated (default: as --lab)
  --port N         where it listens (default 8899); browsers keep keys by port; 0 takes a free one
  --host ADDRESS   a loopback address (default 127.0.0.1)
  --mode MODE      local (default), or hub: this machine is not the user's own
  --no-browser     do not open a window
  --until-eof      for programs: print port and URL as one JSON line, end when standard input closes

It needs no workspace and holds no key: the browser does. The server extension of JupyterLab starts one by itself; start
your own where that server is not yours, and set c.JupyterFHE.vault_url to its address.

Examples
  jupyterfhe vault
  jupyterfhe vault --lab https://hub.example.org --store https://hub.example.org
"""

OF = {"init": INIT, "ladder": LADDER, "encrypt": ENCRYPT, "inspect": INSPECT, "run": RUN, "decrypt": DECRYPT, "vault": VAULT}
