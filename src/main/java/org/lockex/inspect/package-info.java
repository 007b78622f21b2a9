/** What {@code lockexctl} does: reading the lock tree and showing it, and asking holders to end. */
@NullMarked
package org.lockex.inspect;

import org.jspecify.annotations.NullMarked;
