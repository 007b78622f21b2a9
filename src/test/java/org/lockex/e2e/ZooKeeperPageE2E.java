package org.lockex.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/zookeeper.md, step by step: its blocks, with Debian's ZooKeeper, on three addresses of
 * loopback that take the places of three hosts, each with folders of its own.
 */
class ZooKeeperPageE2E {
  private static final MarkdownPage PAGE = new MarkdownPage("docs/zookeeper.md");

  @TempDir Path folder;

  @Test
  void three_servers_set_up_by_the_page_survive_the_loss_of_their_leader() throws IOException {
    List<String> steps = PAGE.blocks("sh");
    Files.writeString(folder.resolve("page.cfg"), PAGE.file("/etc/zookeeper/conf/zoo.cfg"));
    Files.writeString(folder.resolve("steps.sh"), steps.getFirst());
    ExampleWorld world = new ExampleWorld(folder);
    world.program("apt-get", "echo \"$@\" > apt\n");
    // As /etc/init.d/zookeeper of zookeeperd starts it.
    world.program(
        "systemctl",
        """
        [ "$*" = "restart zookeeper" ]
        . /etc/zookeeper/conf/environment
        $JAVA -cp $CLASSPATH $JAVA_OPTS -Dzookeeper.log.dir=$ZOO_LOG_DIR \\
          -Dzookeeper.root.logger=$ZOO_LOG4J_PROP $ZOOMAIN $ZOOCFG > $ZOO_LOG_DIR/out 2>&1 &
        echo $! > pid
        """);
    // The package's folders, with myid as a link from one into the other.
    Files.writeString(
        folder.resolve("host.sh"),
        """
        set -eu
        mkdir host$1 host$1/conf host$1/data host$1/log
        cp /etc/zookeeper/conf/* host$1/conf
        mkdir -p /var/lib/zookeeper
        mount --bind host$1/conf /etc/zookeeper/conf
        mount --bind host$1/data /var/lib/zookeeper
        mount --bind host$1/log /var/log/zookeeper
        ln -s /etc/zookeeper/conf/myid /var/lib/zookeeper/myid
        cd host$1
        # Hosts have one address each.
        (cat ../page.cfg && echo clientPortAddress=zk$1) > zoo.cfg
        sed "s/^echo 1 /echo $1 /" ../steps.sh > steps.sh
        sh -eu steps.sh
        """);
    Image.Result result =
        world.runWithoutZooKeeper(
            """
            for n in 1 2 3; do unshare --mount sh host.sh $n; done
            export ZKHOSTS=zk1:2181,zk2:2181,zk3:2181
            until lockexctl -T 1 ping 2> /dev/null | grep -c 'leader\\|follower' | grep -q 3; do sleep 0.1; done
            %s
            exec 3<> /dev/tcp/zk3/2181; printf ruok >&3; cat <&3; echo
            tr '\\0' ' ' < /proc/$(cat host1/pid)/cmdline | grep -o Xmx512m
            leader=$(lockexctl ping | sed -n 's/^zk\\(.\\):.* leader.*/\\1/p')
            kill -9 $(cat host$leader/pid)
            lockex -i second -- echo "without it"
            lockexctl ping | grep -c 'leader\\|follower'
            """
                .formatted(steps.getLast()));
    assertEquals("", result.err());
    assertTrue(result.out().endsWith("it works\nimok\nXmx512m\nwithout it\n2\n"), result::out);
    assertEquals(0, result.code());
  }
}
