package org.lockex.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MountTableTest {
  private static final String ROOT = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n";
  private static final String PRIVATE =
      ROOT
          + "70 27 254:0 /var/tmp/systemd-private-1-a.service-x/tmp /var/tmp rw - ext4 /dev/vda rw\n";
  private static final String TMPFS = "70 27 0:44 / /var/tmp rw - tmpfs tmpfs rw\n";
  private static final String FOLDER = "/var/tmp/lockex-1000";

  @Test
  void private_tmp_of_a_service_is_seen_by_its_mount() {
    assertTrue(differ(PRIVATE, ROOT));
    assertTrue(differ(ROOT + TMPFS, ROOT));
    assertTrue(new MountTable(PRIVATE).isOfOneService(FOLDER));
    assertTrue(new MountTable(ROOT + TMPFS).isOfOneService(FOLDER));
    assertFalse(new MountTable(ROOT).isOfOneService(FOLDER));
    assertFalse(new MountTable(ROOT.replace("ext4", "tmpfs")).isOfOneService(FOLDER));
    assertFalse(differ(PRIVATE, PRIVATE));
    assertFalse(differ(ROOT, ROOT));
  }

  @Test
  void a_mount_of_the_same_folder_is_no_other_one() {
    // systemd's ReadWritePaths=/var/tmp
    assertFalse(differ(ROOT + "70 27 254:0 /var/tmp /var/tmp rw - ext4 /dev/vda rw\n", ROOT));
    assertFalse(differ(ROOT + "70 27 0:44 / /var/tm rw - tmpfs tmpfs rw\n", ROOT));
  }

  @Test
  void another_root_is_another_system() {
    assertFalse(differ("27 1 0:99 / / rw,relatime - overlay overlay rw\n", ROOT));
    assertFalse(differ(TMPFS, ROOT)); // a chroot
  }

  @Test
  void the_mount_that_lies_above_counts() {
    MountTable table =
        new MountTable(
            ROOT
                + "70 27 0:44 / /var rw - tmpfs tmpfs rw\n"
                + "71 27 0:45 /sub /var rw shared:1 - tmpfs tmpfs rw\n"
                + "72 27 0:46 / /v rw - tmpfs tmpfs rw\n");
    assertEquals(Optional.of("tmpfs 0:45 /sub/tmp/lockex-1000/"), table.origin(FOLDER));
    assertEquals(Optional.of("ext4 254:0 /"), table.origin("/"));
    assertEquals(Optional.empty(), new MountTable("").origin("/"));
  }

  private static boolean differ(String one, String other) {
    return new MountTable(one).differs(new MountTable(other), FOLDER);
  }
}
