/** Holds: grants that {@code lockexctl} makes, ends and prolongs. */
@NullMarked
package org.lockex.lock.grant;

import org.jspecify.annotations.NullMarked;
