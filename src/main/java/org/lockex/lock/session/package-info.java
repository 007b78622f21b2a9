/** The connection to ZooKeeper that a lock lives on. */
@NullMarked
package org.lockex.lock.session;

import org.jspecify.annotations.NullMarked;
