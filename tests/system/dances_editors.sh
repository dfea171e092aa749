#!/bin/bash
# Editors that save: vim, emacs, nano, joe and ed, in each of their ways, alone and with somebody else
# who edits another block between their reading and their saving.
. "$(dirname "$0")/dances.sh"
needs vim emacs nano joe ed
ready
export somebody=$work/somebody

# thrice WHAT COMMAND…: alone, with an edit the mount does not know of, with one it does.
thrice() {
  dance "$@"
  dance_with_somebody unseen "$@"
  dance_with_somebody seen "$@"
}

vims() { # SETTINGS
  timeout 30 vim -es -u NONE -i NONE -c "set nocompatible $1" -c 'autocmd FileChangedShell * let v:fcs_choice = ""' -c 'silent !$somebody' \
    -c "%s/inner .*/inner $turn/" -c "/^## Middle/put ='The edit of $turn.'" -c "/^The edit of $turn/put =''" \
    -c 'w!' -c q $file <<<y # that it is written though the file changed
}
for copy in yes no auto; do
  thrice "vim, backupcopy=$copy" vims "backupcopy=$copy writebackup nobackup"
done
dance "vim, no write backup" vims "nowritebackup nobackup"
dance "vim, undo file" vims "undofile undodir=. swapfile directory=."
dance "vim, backup" vims "backup backupcopy=no backupskip= backupdir=."
rm "$there/$file~" "$there/.$file.un~"
dance "vim, two saves" timeout 30 vim -es -u NONE -i NONE -c "%s/inner .*/inner of two/" -c w -c "%s/inner .*/inner after/" -c wq $file

emacses() { # SETTINGS
  timeout 60 emacs --batch -Q --eval "(progn (fset 'yes-or-no-p (lambda (&rest _) t))
      (fset 'ask-user-about-supersession-threat 'ignore) (setq create-lockfiles t) $1
      (find-file \"$file\") (goto-char (point-min)) (insert \"Emacs at $turn.\\n\\n\")
      (call-process (getenv \"somebody\"))
      (re-search-forward \"inner .*\") (replace-match \"inner $turn\") (save-buffer))"
}
thrice "emacs, by renaming" emacses "(setq make-backup-files t backup-by-copying nil)"
rm -f "$there/$file~"
thrice "emacs, by copying" emacses "(setq make-backup-files t backup-by-copying t)"
rm -f "$there/$file~"
thrice "emacs, precious" emacses "(setq make-backup-files nil file-precious-flag t)"
dance "emacs, no backup" emacses "(setq make-backup-files nil)"
dance "emacs, auto-save" emacses "(setq make-backup-files nil) (add-hook 'before-save-hook 'do-auto-save)"

typed() { timeout 60 python3 "$here/typed.py" "$@"; }
nanos() {
  typed nano --ignorercfiles "$@" $file -- "=Dances" '!$somebody' "Nano at $turn.^M^M" "?continue saving?y" \
    "^O" "=File Name" "^M" "=Wrote" "^X"
}
thrice "nano" nanos
dance "nano -B" nanos -B
rm -f "$there/$file~"
joes() { typed joe "$@" $file -- "=Dances" '!$somebody' "^KU" "Joe at $turn.^M^M" "?verwrite?y" "^KX"; }
thrice "joe" joes -nobackups
dance "joe, backup" joes
rm -f "$there/$file~"
eds() { printf '%s\n' '!$somebody' "/inner/s/inner .*/inner $turn/" 1i "Ed at $turn." "" . w q | ed -s $file; }
thrice "ed" eds
finished
