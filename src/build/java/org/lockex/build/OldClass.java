package org.lockex.build;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Class files without stack map frames (before Java 6, version 50), which the AOT cache leaves out:
 * "Old class has been linked". picocli's are of that kind.
 */
final class OldClass {
  private static final int MAGIC = 0xCAFEBABE;

  private OldClass() {}

  static boolean is(String name, byte[] bytes) {
    return name.endsWith(".class")
        && bytes.length > 8
        && ByteBuffer.wrap(bytes).getInt() == MAGIC
        && ByteBuffer.wrap(bytes).getShort(6) < ClassFile.JAVA_6_VERSION;
  }

  /** Gives a class file a version and the frames it asks for; its code stays. */
  interface Raiser {
    byte[] raise(byte[] classFile);
  }

  static Raiser raiser(Path jar) throws IOException {
    ClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    ClassFile files =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    ClassTransform raise =
        (builder, element) -> {
          switch (element) {
            case ClassFileVersion _ -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
            case MethodModel method ->
                builder.transformMethod(
                    method, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
            default -> builder.with(element);
          }
        };
    return bytes -> files.transformClass(files.parse(bytes), raise);
  }
}
