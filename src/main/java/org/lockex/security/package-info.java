/** Whom we take for ZooKeeper, who we are for it, and what others may do with our nodes. */
@NullMarked
package org.lockex.security;

import org.jspecify.annotations.NullMarked;
