/** What {@code lockexctl hold} does until its handle is printed. */
@NullMarked
package org.lockex.inspect.hold;

import org.jspecify.annotations.NullMarked;
