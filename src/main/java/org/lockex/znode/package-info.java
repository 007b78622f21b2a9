/** What stands in ZooKeeper: names, data and order of the nodes. Knows nobody. */
@NullMarked
package org.lockex.znode;

import org.jspecify.annotations.NullMarked;
