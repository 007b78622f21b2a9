# shellcheck shell=sh disable=SC2016,SC2086,SC2154 # scripts for other shells; options in words; names of run
# The tests of an installed package, deb or rpm, in the root $root. Run reads this.

runs_without_any_java() {
  [ ! -e "$root/usr/bin/java" ] && [ ! -e "$root/usr/lib/jvm" ]
  says_ok inside lockex $options -- echo ok
}

runs_as_from_cron() {
  says_ok cron lockex -n -E 0 $options -- echo ok
}

# The state of --local is then in /var/tmp.
runs_for_a_user_without_home() {
  nobody="inside setpriv --reuid 4321 --regid 4321 --clear-groups env -i"
  says_ok $nobody PATH=/usr/bin:/bin lockex $options -- echo ok
  says_ok $nobody HOME=/nonexistent /usr/bin/lockex $options -- echo ok
  rm -rf "$root/var/tmp/lockex-4321"
}

uses_its_cache_at_its_final_path() {
  maps=$(inside lockex $options -s 'cat /proc/$PPID/maps' | grep -o '/[^ ]*\.aot$' | sort -u)
  equal "$(cd "$root" && ls -d usr/lib/lockex/lib/lockex-*.aot)" "${maps#/}"
}

uses_its_cache_in_a_path_with_spaces() {
  mkdir "$root/tmp/a b"
  cp -a "$root/usr/lib/lockex" "$root/tmp/a b/lock ex"
  maps=$(inside "/tmp/a b/lock ex/bin/lockex" $options -s 'cat /proc/$PPID/maps' |
    grep -o '/tmp/a b/.*\.aot$' | sort -u)
  rm -r "$root/tmp/a b"
  equal 1 "$(echo "$maps" | grep -c .)"
}

runs_quietly_where_its_cache_does_not_fit() {
  mkdir "$root/tmp/c"
  cp -R "$root/usr/lib/lockex" "$root/tmp/c" # all files get other times
  says_ok inside /tmp/c/lockex/bin/lockex $options -- echo ok
  rm -r "$root/tmp/c"
}

runs_with_its_cache_deleted() {
  mkdir -p "$root/cache"
  mv "$root"/usr/lib/lockex/lib/*.aot "$root/cache"
  says_ok inside lockex $options -- echo ok
  mv "$root"/cache/*.aot "$root/usr/lib/lockex/lib"
  rmdir "$root/cache"
}

reads_the_machine_s_servers_unless_told_otherwise() {
  cp -p "$root/etc/default/lockex" "$work/default"
  echo 'ZKHOSTS=127.0.0.1:1' >>"$root/etc/default/lockex"
  for servers in 127.0.0.1:1 127.0.0.1:2 127.0.0.1:3; do
    case $servers in
      *1) said=$(inside lockex -T 0.2 -- true 2>&1) && code=0 || code=$? ;;
      *2) said=$(inside env ZKHOSTS=127.0.0.1:2 lockex -T 0.2 -- true 2>&1) && code=0 || code=$? ;;
      *3) said=$(inside env ZKHOSTS=x:2 lockex -z 127.0.0.1:3 -T 0.2 -- true 2>&1) && code=0 || code=$? ;;
    esac
    equal 69 "$code"
    case $said in *"$servers"*) ;; *) fail "not $servers: $said" ;; esac
  done
  equal none "$(inside lockex $options -s 'echo ${ZKHOSTS:-none}')"
  cp -p "$work/default" "$root/etc/default/lockex"
}

completes_command_lines() {
  for program in lockex lockexctl lockexd; do
    bash -euc '. "$0"; COMP_WORDS=("$1" --ver); COMP_CWORD=1; "_$1"; printf "%s\n" "${COMPREPLY[@]}"' \
      "$root/usr/share/bash-completion/completions/$program" "$program" >"$work/offers"
    equal --version "$(grep -x -e --version "$work/offers")"
    equal 1 "$(find "$root"/usr/share/zsh -name "_$program" | wc -l)"
  done
}

has_man_pages_and_licences() {
  for page in man1/lockex.1 man1/lockexctl.1 man8/lockexd.8; do
    [ -s "$root/usr/share/man/$page.gz" ] || fail "no $page"
  done
  gzip -dc "$root/usr/share/doc/lockex/THIRD-PARTY.gz" | grep -q 'Apache License' || fail "no licences"
  grep -q '"name" : "jetty-server"' "$root/usr/share/doc/lockex/lockex.cdx.json" || fail "no bill of materials"
  [ -s "$root/usr/share/doc/lockex/README.md" ] || fail "no README"
  [ -s "$root/usr/share/doc/lockex/docs/lockexd.md" ] || fail "no page that the README leads to"
}

tells_its_version_and_commit() {
  git -C "$here" rev-parse HEAD >/dev/null 2>&1 && commit=' \([0-9a-f]{12}(-dirty)?\)' || commit=
  for program in lockex lockexctl lockexd; do
    inside "$program" --version | grep -qxE "$program $version$commit" || fail "$(inside "$program" --version)"
  done
}

# lockexd's part, where it is there: the account, the unit and the command line in it.

# While it runs, a program for Python uses it through the packed client; and its AOT cache is in use.
runs_the_unit_s_command_as_its_user() {
  [ -e "$root/usr/sbin/lockexd" ] || return 0
  grep -q '^lockexd:' "$root/etc/passwd" || fail "no user lockexd"
  uid=$(sed -n 's/^lockexd:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/passwd")
  gid=$(sed -n 's/^lockexd:[^:]*:[0-9]*:\([0-9]*\):.*/\1/p' "$root/etc/passwd")
  command=$(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/lockexd.service")
  command=${command%'$LOCKEXD_OPTS'}
  install -d -m 750 -o "$uid" -g "$gid" "$root/var/lib/lockexd" "$root/run/lockexd"
  cp -p "$root/etc/lockex/lockexd.conf" "$work/lockexd.conf"
  sed -i 's/^#\(DEFAULT_LOCK=\)/\1/' "$root/etc/lockex/lockexd.conf"
  client="PYTHONPATH='$root/usr/share/lockex' python3 -B '$here/client.py'"
  cached="grep -qs '$root/.*/lockexd-.*[.]aot' /proc/[0-9]*/maps"
  unshare --net sh -c 'ip link set lo up; exec "$@"' sh \
    "$here/notified" "$root/run/lockexd/notify" "$work/lockexd.err" "$client && $cached" \
    unshare --mount --pid --fork --kill-child sh -c '
      mount -t proc -o hidepid=invisible proc "$0/proc"
      mount --rbind /dev "$0/dev"
      chroot "$0" "$@"
      exit $?' "$root" setpriv --reuid "$uid" --regid "$gid" --clear-groups --no-new-privs \
    env -i NOTIFY_SOCKET=/run/lockexd/notify $command --embedded /var/lib/lockexd && ready=1 || ready=0
  rm -r "$root/run/lockexd"
  cp -p "$work/lockexd.conf" "$root/etc/lockex/lockexd.conf"
  [ "$ready" = 1 ] || fail "lockexd: $(cat "$work/lockexd.err")"
}

units_are_valid() {
  [ -e "$root/usr/sbin/lockexd" ] || return 0
  # With systemd's own units beside them, which the root does not have.
  mkdir -p "$work/units/usr/sbin" "$work/units/usr/lib/systemd" "$work/units/bin"
  cp -R /usr/lib/systemd/system "$work/units/usr/lib/systemd"
  mkdir "$work/units/usr/bin"
  cp "$root"/usr/lib/systemd/system/lockex* "$work/units/usr/lib/systemd/system"
  cp "$root/usr/lib/lockex/bin/lockexd" "$work/units/usr/sbin"
  cp "$root/usr/lib/lockex/bin/lockex" "$work/units/usr/bin"
  cp /bin/sh "$work/units/bin"
  systemd-analyze verify --root="$work/units" --man=no lockexd.service lockex@standby.service \
    >"$work/verify" 2>&1 || true
  rm -r "$work/units"
  equal "" "$(grep lockex "$work/verify" || true)"
  systemd-analyze security --offline=yes --threshold=15 "$root/usr/lib/systemd/system/lockexd.service" \
    >"$work/security" || fail "$(tail -n 1 "$work/security")"
}

service_is_not_enabled() {
  equal "" "$(find "$root/etc/systemd" -name 'lockex*' 2>/dev/null)"
}

# An upgrade and a removal under commands that run.

# Gives the programs in a root another version.
rebuilt() {
  sed -i "s/$version/9.9.0/g" "$1"/usr/lib/lockex/bin/lockex*
}

# A look at a file that something in the root makes.
appears() {
  for _ in $(seq 300); do
    [ ! -s "$1" ] || return 0
    sleep 0.1
  done
  fail "no ${1##*/}: $(cat "$work/spared")"
}

# spares_what_runs UPGRADE REMOVE: two commands run meanwhile. One ends by itself and gives its code; the
# other, which does not heed SIGTERM, is killed when the lock is lost, with nothing of the image left.
spares_what_runs() {
  mkdir "$root/tmp/spared"
  inside timeout 120 sh -c '
    cd /tmp/spared
    lockex "$@" -i one -s "echo \$PPID >one; until [ -e go ]; do sleep 0.1; done; exit 42" &
    one=$!
    lockex "$@" -i two --on-lost "echo flushed >flushed" -s "trap \"\" TERM; echo \$\$ >two; while :; do sleep 0.1; done" &
    two=$!
    until [ -e upgraded ]; do sleep 0.1; done
    grep "runtime/lib/modules (deleted)" "/proc/$(cat one)/maps" >replaced
    lockex --version >version
    lockex -n "$@" -i one true || echo $? >busy
    until [ -e removed ]; do sleep 0.1; done
    wait $one || echo $? >code
    for server in /proc/[0-9]*; do
      ! grep -q "[L]ocalServer" "$server/cmdline" || kill -STOP "${server##*/}"
    done
    wait $two || echo $? >lost
    [ ! -e "/proc/$(cat two)" ] || echo $? >alive
    echo done >end' sh $options >"$work/spared" 2>&1 &
  spared=$!
  trap '[ -z "$spared" ] || kill "$spared"' EXIT
  appears "$root/tmp/spared/one"
  appears "$root/tmp/spared/two"
  $1 >"$work/log" 2>&1 || fail "$(cat "$work/log")"
  touch "$root/tmp/spared/upgraded"
  appears "$root/tmp/spared/busy"
  $2 >"$work/log" 2>&1 || fail "$(cat "$work/log")"
  [ ! -e "$root/usr/lib/lockex" ] || fail "left: $(find "$root/usr/lib/lockex")"
  touch "$root/tmp/spared/removed" "$root/tmp/spared/go"
  wait "$spared"
  spared=
  (
    cd "$root/tmp/spared"
    [ -s replaced ] || fail "the image of the running lockex is not replaced"
    equal "lockex 9.9.0" "$(sed 's/ (.*//' version)"
    equal "75 42" "$(echo $(cat busy code))"
    equal "76 flushed" "$(echo $(cat lost flushed))"
    [ ! -e alive ] || fail "the command lives: $(cat "$work/spared")"
  )
  rm -r "$root/tmp/spared"
}

works_when_installed() {
  for test in runs_without_any_java runs_as_from_cron runs_for_a_user_without_home \
    uses_its_cache_at_its_final_path uses_its_cache_in_a_path_with_spaces \
    runs_quietly_where_its_cache_does_not_fit runs_with_its_cache_deleted \
    reads_the_machine_s_servers_unless_told_otherwise tells_its_version_and_commit completes_command_lines \
    has_man_pages_and_licences \
    service_is_not_enabled units_are_valid runs_the_unit_s_command_as_its_user; do
    attempt "$1" $test
  done
}
