/** The embedded ZooKeeper of {@code --local}: started on demand, found, and stopped when idle. */
@NullMarked
package org.lockex.local;

import org.jspecify.annotations.NullMarked;
