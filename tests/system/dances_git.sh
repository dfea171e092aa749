#!/bin/bash
# git on pages: what it writes into the work tree is a save of the page; .git stays here.
. "$(dirname "$0")/dances.sh"
needs git
export GIT_CONFIG_GLOBAL=$work/gitconfig
git config --global user.email a@example.org
git config --global user.name A
git config --global init.defaultBranch main
git config --global advice.detachedHead false
ready

changes_nothing=yes
dance "git init, add, commit" eval 'git init -q && git add . && git commit -qm one && [ -z "$(git status --porcelain)" ]'
changes_nothing=
commit() { edited $turn <$file >"$work/far" && cp "$work/far" $file && git commit -qam "$turn"; }
dance "commit" commit
dance "git checkout HEAD~1 -- ." git checkout -q HEAD~1 -- .
dance "git reset --hard" git reset -q --hard
dance "edit" eval 'sed -i "s/inner .*/inner stashed/" $file'
dance "git stash" git stash -q
dance "git stash pop" git stash pop -q
dance "git checkout -f" git checkout -q -f
dance "git checkout -b, commit" eval 'git checkout -q -b side && commit'
dance "git checkout main" git checkout -q main
dance "commit on main" eval 'printf "\nThe end of main.\n" >>$file; git commit -qam end'
dance "git checkout side" git checkout -q side
dance "git rebase main" git rebase -q main
dance "git revert" git revert --no-edit HEAD
dance "git checkout main~1" git checkout -q main~1
dance "git merge side" eval 'git checkout -q main && git merge -q side~1 && git merge -q side'
dance "git checkout main~1, detached" git checkout -q main~1
dance "git cherry-pick" git cherry-pick main
dance "git apply" eval 'git diff HEAD HEAD~1 >"$work/patch" && git apply "$work/patch"'
dance "git restore" git restore .
changes_nothing=yes
dance "git gc, fsck" eval 'git gc -q --prune=now && git fsck --full'
dance "git worktree" eval 'git worktree add -q .tree main && [ -e .tree/$file ] && git worktree remove .tree'
dance "git clone into it" eval 'git clone -q . .clone && (cd .clone && commit) && git fetch -q .clone HEAD && rm -rf .clone'
dance "git switch with nothing to do" eval 'git checkout -q . && [ -z "$(git status --porcelain)" ]'
rm -rf "$there/.git"
finished
