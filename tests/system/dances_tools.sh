#!/bin/bash
# Tools that save: whatever the way, the page stays the page and the edit is what is sent.
. "$(dirname "$0")/dances.sh"
needs ed patch perl rsync git python3 awk
ready

new() { edited $turn <$file; }
text() { edited $turn <"$there/$file"; } # into a file outside, before the dance
far() { new >"$work/far"; }
# rsync takes two files of one size and second for the same.
later() { touch -d "@$(($(date +%s) + 60 + turn))" "$1"; }

dance "sed -i" eval 'sed -i "s/inner .*/inner $turn/" $file'
dance "perl -i" eval 'perl -pi -e "s/inner .*/inner $turn/" $file'
dance "perl -i.bak" eval 'perl -pi.bak -e "s/inner .*/inner $turn/" $file'
rm "$there/$file.bak"
dance "awk > tmp && mv" eval 'awk "{ sub(/inner .*/, \"inner $turn\"); print }" $file >tmp && mv tmp $file'
dance "awk > .tmp.md && mv" eval 'new >.tmp.md && mv .tmp.md $file'
dance "a page beside, mv" eval 'new >Page.tmp.md && mv Page.tmp.md $file'
dance "tee" eval 'far; tee $file <"$work/far"'
dance "tee, pipe" eval 'new >.t; cat .t | tee $file; rm .t'
dance ">>" eval 'printf "\nThe end of %s.\n" $turn >>$file'
dance "truncate -s" eval 'truncate -s -$((${#turn} + 14)) $file'
dance "cp" eval 'far; cp "$work/far" $file'
dance "cp -f --remove-destination" eval 'far; cp -f --remove-destination "$work/far" $file'
dance "cp -b" eval 'far; cp -b "$work/far" $file'
rm "$there/$file~"
dance "cat >" eval 'far; cat "$work/far" >$file'
dance "install" eval 'far; install -m 644 "$work/far" $file'
dance "install -b" eval 'far; install -b -m 600 "$work/far" $file'
rm "$there/$file~"
dance "mv over, from another file system" eval 'far; mv "$work/far" $file'
dance "mv -b" eval 'far; mv -b "$work/far" $file'
rm "$there/$file~"
dance "mv away, create, rm" eval 'mv $file $file~; edited $turn <$file~ >$file; rm $file~'
dance "rm, create" eval 'far; rm $file; cat "$work/far" >$file'
dance "dd conv=notrunc" eval 'at=$(grep -b -o "inner" $file | cut -d: -f1); printf "inner %-2s" $turn | dd of=$file bs=1 seek=$at conv=notrunc'
dance "dd conv=fsync" eval 'far; dd if="$work/far" of=$file conv=fsync'
dance "rsync" eval 'far; later "$work/far"; rsync "$work/far" $file'
dance "rsync --inplace" eval 'far; later "$work/far"; rsync --inplace "$work/far" $file'
dance "rsync --delay-updates" eval 'mkdir "$work/from"; new >"$work/from/$file"; later "$work/from/$file"; rsync --delay-updates "$work/from/$file" .; rm -r "$work/from"'
dance "patch" eval 'new | diff -u $file - >"$work/patch"; patch -s $file "$work/patch"'
dance "patch -b" eval 'new | diff -u $file - >"$work/patch"; patch -s -b $file "$work/patch"'
rm "$there/$file.orig"
dance "ed" eval 'printf "%s\n" "/inner/s/ [0-9]* *\$/ $turn/" w q | ed -s $file'

# In pieces, while time goes by: nothing is sent until the last one is written.
meanwhile() {
  post clock '{"advance_s": 20}' >/dev/null || return 1
  same "writes in the middle" 0 "$(count_requests "$is_write")"
}
slowly() {
  far
  exec 3>$file
  head -c 40 "$work/far" >&3
  meanwhile
  tail -c +41 "$work/far" >&3
  exec 3>&-
}
dance "open, write slowly, close" slowly
dance "(slow; commands) > page" eval 'far; (meanwhile; head -n 3 "$work/far"; meanwhile; tail -n +4 "$work/far") >$file'
dance "slow | tee" eval 'far; (head -n 3 "$work/far"; meanwhile; tail -n +4 "$work/far") | tee $file'
dance "slow rsync --append" eval 'printf "\nThe end of %s.\n" $turn >"$work/end"; cat $file "$work/end" >"$work/far"; rsync --append "$work/far" $file'

py() { python3 -c "import mmap, os, sys; name, text = sys.argv[1], open(sys.argv[2], 'rb').read(); $1" $file "$work/far"; }
dance "os.replace" eval 'far; py "open(\".new\", \"wb\").write(text); os.replace(\".new\", name)"'
dance "os.replace of a page" eval 'far; py "open(\"New.md\", \"wb\").write(text); os.replace(\"New.md\", name)"'
dance "O_TRUNC, byte by byte" eval 'far; py "f = os.open(name, os.O_WRONLY | os.O_TRUNC); [os.write(f, bytes([b])) for b in text]"'
dance "ftruncate, write" eval 'far; py "f = open(name, \"r+b\", 0); f.truncate(0); f.write(text)"'
dance "truncate(2)" eval 'far; py "at = open(name, \"rb\").read().index(b\"The last line\"); os.truncate(name, at + 13)"'
dance "mmap" eval 'far; py "f = open(name, \"r+b\"); m = mmap.mmap(f.fileno(), 0); at = m.find(b\"inner \"); m[at + 6:at + 7] = b\"x\"; m.flush()"'
dance "mmap, after close" eval 'far; py "f = open(name, \"r+b\"); m = mmap.mmap(f.fileno(), 0); f.close(); at = m.find(b\"inner \"); m[at + 6:at + 7] = b\"y\"; m.close()"'
dance "two saves in 100 ms" eval 'far; sed "s/inner .*/inner first/" "$work/far" >$file; cp "$work/far" $file'
dance "a save and its undoing, then another" eval 'far; cp $file "$work/old"; cp "$work/far" $file; cp "$work/old" $file; sed "s/inner .*/inner $turn/" "$work/old" >$file'

# A whole directory out and back in.
out_and_in() {
  rsync -a --delete ./ "$work/out/" && edited $turn <"$work/out/$file" >"$work/far" &&
    cp "$work/far" "$work/out/$file" && later "$work/out/$file" && rsync -a --delete "$@" "$work/out/" ./
}
dance "rsync -a --delete, out and in" out_and_in
dance "rsync -a --delete --inplace, out and in" out_and_in --inplace
dance "tar out and in" eval 'tar cf "$work/far.tar" . && new >"$work/far" && mkdir "$work/tar" && tar xf "$work/far.tar" -C "$work/tar" && cp "$work/far" "$work/tar/$file" && tar cf "$work/far.tar" -C "$work/tar" $file && tar xf "$work/far.tar"; rm -r "$work/tar"'
finished
