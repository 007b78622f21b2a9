#!/bin/sh
# lockex: ends the command when lockex is gone
#
# The last defence of exclusion: see Guard.java, which starts this with "sh -c" and every signal blocked.
# However lockex ends, the pipe on standard input closes; then this stops the processes it was told of and
# all below them, top down so that none can fork away, and kills them; then those orphans that bear the
# command's mark; then its own process group.
#
# Builtins only: it needs no PATH, no fork, no memory to speak of. The build leaves these comments out, but
# for the first, which names the guard in ps(1).
#
# $1 is the number that /proc shows for lockex. A line on standard input is either "=TOKEN SESSION", two
# variables of the command's environment as a mark, or the processes to end in place of those before, in the
# numbers that /proc shows.
lockex=$1

# Sets the parent of process $1, and when it was born.
stat() {
  read -r line <"/proc/$1/stat" || return
  # shellcheck disable=SC2086 # words are wanted
  set -- ${line##*) }
  parent=$2 born=${20}
}

# Sets pid to our number for process $1, where /proc may be another PID namespace's.
own() {
  pid=$1
  [ "$me" = $$ ] && return
  pid=
  while read -r key value; do
    case $key in NSpid:) pid=${value##*[!0-9]} && return ;; esac
  done <"/proc/$1/status"
}

# Whether process $1 has the command's mark in its environment. (read leaves NULs out.)
marked() {
  has=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *"$token"[!0-9]* | *"$token") has=t$has ;; esac
    case $line in *"$session"*) has=${has}s ;; esac
  done <"/proc/$1/environ"
  case $has in *t*s* | *s*t*) return 0 ;; esac
  return 1
}

# Adds to todo what lockex had not told of: a command that ran before lockex came to tell its number, and
# what had left the tree. When lockex dies, all its children fall to whom the guard itself falls to, so only
# the children of the guard's own parent are looked at, of those only the younger ones, and of those only the
# ones with the mark.
orphans() {
  stat self
  adopter=$parent
  for list in /proc/"$adopter"/task/*/children; do
    children=
    read -r children <"$list"
    for process in $children; do
      [ "$process" = "$me" ] && continue
      if [ "$adopter" != "$lockex" ]; then
        if ! { [ -n "$token" ] && stat "$process" && [ "$born" -ge "$since" ] && marked "$process"; }; then
          continue
        fi
      fi
      todo="$todo $process"
    done
  done
}

# Stops the processes in todo and all below them, until there are no more of them; then kills them. A
# variable for each is what finds one among thousands in no time.
end() {
  all='' last='' known='' call=x$call
  while :; do
    fresh=
    for process in $todo; do
      eval "known=\$seen_$process seen_$process=$call"
      [ "$known" = "$call" ] && continue
      own "$process"
      kill -STOP "$pid"
      fresh="$fresh $process"
    done
    all="$all$fresh"
    if [ -n "$fresh" ]; then
      scan=$fresh last=
    elif [ -z "$last" ]; then
      scan=$all last=1
    else
      break
    fi
    todo=
    for process in $scan; do
      for list in /proc/"$process"/task/*/children; do
        children=
        read -r children <"$list"
        [ -z "$children" ] || todo="$todo $children"
      done
    done
  done
  for process in $all; do
    own "$process"
    kill -KILL "$pid"
  done
}

stat self
since=$born
while IFS= read -r line; do
  case $line in
    =*) token=${line% *} token=${token#=} session=${line#* } ;;
    *) roots=$line ;;
  esac
done
read -r me _ </proc/self/stat
todo=$roots
end
for _ in 1 2 3; do
  todo=
  orphans
  [ -z "$todo" ] || end
done
kill -KILL 0
