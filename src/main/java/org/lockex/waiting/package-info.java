/** What somebody who waits for a lock sees, and is told who has it. */
@NullMarked
package org.lockex.waiting;

import org.jspecify.annotations.NullMarked;
