/** What lockexctl writes on standard output. */
@NullMarked
package org.lockex.inspect.text;

import org.jspecify.annotations.NullMarked;
