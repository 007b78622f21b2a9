package org.lockex.simulation.jvm;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts calls to {@link VirtualTime} in the place of those that have to do with time, chance,
 * monitors and new threads, and a socket of ours in the place of ZooKeeper's. Nothing else of the
 * code is touched.
 */
final class Rewriting {
  private static final String SOCKET = "org.apache.zookeeper.ClientCnxnSocketPlain";
  private static final String OUR_SOCKET = "org.apache.zookeeper.SimulatedSocket";
  private static final ClassDesc TARGET = ClassDesc.of("org.lockex.simulation.jvm.VirtualTime");

  /** Of those two the order depends on where the JVM puts an object. */
  private static final Map<String, ClassDesc> CLASSES =
      Map.of(
          "java/util/concurrent/DelayQueue",
          ClassDesc.of("org.lockex.simulation.jvm.VirtualDelayQueue"),
          "java/util/HashSet",
          ClassDesc.of("java.util.LinkedHashSet"),
          "java/util/HashMap",
          ClassDesc.of("java.util.LinkedHashMap"));

  private static final String UNIT = "Ljava/util/concurrent/TimeUnit;";
  private static final String MAKE =
      "(Ljava/lang/String;Lorg/lockex/lock/session/LockThreads$ThreadBody;"
          + "Ljava/util/function/Consumer;)Ljava/lang/Thread;";

  private static final String OF_MONITOR = "(Ljava/lang/Object;)V";
  private static final MethodTypeDesc MONITOR = MethodTypeDesc.ofDescriptor(OF_MONITOR);

  private static final MethodTypeDesc NOTHING = MethodTypeDesc.ofDescriptor("()V");

  private record Call(String name, String type) {}

  private static final Call START = new Call("start", "(Ljava/lang/Thread;)V");
  private static final Call POLL =
      new Call("poll", "(Ljava/util/concurrent/BlockingQueue;J" + UNIT + ")Ljava/lang/Object;");

  private static final Call SINGLE =
      new Call(
          "newSingleThreadExecutor",
          "(Ljava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ExecutorService;");

  private static final Map<String, Call> CALLS =
      Map.ofEntries(
          Map.entry("java/lang/System.nanoTime()J", new Call("nanoTime", "()J")),
          Map.entry("java/lang/System.currentTimeMillis()J", new Call("currentTimeMillis", "()J")),
          Map.entry(
              "java/time/Instant.now()Ljava/time/Instant;",
              new Call("instant", "()Ljava/time/Instant;")),
          Map.entry("java/lang/Thread.sleep(J)V", new Call("sleep", "(J)V")),
          Map.entry(
              "java/util/concurrent/TimeUnit.sleep(J)V", new Call("sleep", "(" + UNIT + "J)V")),
          Map.entry(
              "java/util/concurrent/TimeUnit.timedWait(Ljava/lang/Object;J)V",
              new Call("timedWait", "(" + UNIT + "Ljava/lang/Object;J)V")),
          Map.entry("java/lang/Object.wait()V", new Call("wait", OF_MONITOR)),
          Map.entry("java/lang/Object.notify()V", new Call("notify", OF_MONITOR)),
          Map.entry("java/lang/Object.notifyAll()V", new Call("notifyAll", OF_MONITOR)),
          Map.entry("java/lang/Object.wait(J)V", new Call("wait", "(Ljava/lang/Object;J)V")),
          Map.entry(
              "java/util/concurrent/BlockingQueue.poll(J" + UNIT + ")Ljava/lang/Object;", POLL),
          Map.entry(
              "java/util/concurrent/LinkedBlockingQueue.poll(J" + UNIT + ")Ljava/lang/Object;",
              POLL),
          Map.entry(
              "java/util/concurrent/CountDownLatch.await(J" + UNIT + ")Z",
              new Call("await", "(Ljava/util/concurrent/CountDownLatch;J" + UNIT + ")Z")),
          Map.entry("java/lang/Thread.start()V", START),
          Map.entry("org/apache/zookeeper/ClientCnxn$SendThread.start()V", START),
          Map.entry("org/apache/zookeeper/ClientCnxn$EventThread.start()V", START),
          Map.entry("org/lockex/lock/session/LockThreads.make" + MAKE, new Call("make", MAKE)),
          Map.entry(
              "java/util/concurrent/ThreadLocalRandom.nextLong(J)J",
              new Call("nextLong", "(Ljava/util/concurrent/ThreadLocalRandom;J)J")),
          Map.entry(
              "java/util/UUID.randomUUID()Ljava/util/UUID;",
              new Call("randomUuid", "()Ljava/util/UUID;")),
          Map.entry(
              "java/util/Collections.shuffle(Ljava/util/List;)V",
              new Call("shuffle", "(Ljava/util/List;)V")),
          Map.entry("java/util/concurrent/Executors." + SINGLE.name() + SINGLE.type(), SINGLE));

  /** What is done but once is not to matter for what comes after it. */
  private static final CodeTransform INITIALISER =
      new CodeTransform() {
        @Override
        public void atStart(CodeBuilder code) {
          code.invokestatic(TARGET, "beginOnce", NOTHING);
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
          if (element instanceof ReturnInstruction) {
            code.invokestatic(TARGET, "endOnce", NOTHING);
          }
          rewrite(code, element);
        }
      };

  private Rewriting() {}

  static byte[] of(byte[] bytes) {
    ClassFile classes = ClassFile.of();
    ClassModel model = classes.parse(bytes);
    if (model.superclass().filter(one -> CLASSES.containsKey(one.asInternalName())).isPresent()) {
      return bytes;
    }
    ClassDesc self = model.thisClass().asSymbol();
    return classes.transformClass(
        model,
        (builder, element) -> {
          if (element instanceof MethodModel method
              && method.flags().has(AccessFlag.SYNCHRONIZED)) {
            lock(builder, self, method);
          } else if (element instanceof MethodModel method
              && method.methodName().equalsString("<clinit>")) {
            builder.transformMethod(method, MethodTransform.transformingCode(INITIALISER));
          } else if (element instanceof MethodModel method) {
            builder.transformMethod(method, MethodTransform.transformingCode(Rewriting::rewrite));
          } else {
            builder.with(element);
          }
        });
  }

  /** A synchronized method becomes one that takes the monitor, and one that does the work. */
  private static void lock(ClassBuilder builder, ClassDesc self, MethodModel method) {
    String name = method.methodName().stringValue();
    MethodTypeDesc type = method.methodTypeSymbol();
    boolean isStatic = method.flags().has(AccessFlag.STATIC);
    String body = name + "$locked";
    builder.withMethod(
        body,
        type,
        ClassFile.ACC_PRIVATE | (isStatic ? ClassFile.ACC_STATIC : 0),
        made -> method.code().ifPresent(code -> made.transformCode(code, Rewriting::rewrite)));
    builder.withMethodBody(
        name,
        type,
        method.flags().flagsMask() & ~ClassFile.ACC_SYNCHRONIZED,
        code ->
            code.trying(
                block -> {
                  monitor(block, self, isStatic, "enter");
                  if (!isStatic) {
                    block.aload(0);
                  }
                  for (int i = 0; i < type.parameterCount(); i++) {
                    block.loadLocal(TypeKind.from(type.parameterType(i)), block.parameterSlot(i));
                  }
                  if (isStatic) {
                    block.invokestatic(self, body, type);
                  } else {
                    block.invokespecial(self, body, type);
                  }
                  monitor(block, self, isStatic, "exit");
                  block.return_(TypeKind.from(type.returnType()));
                },
                handlers ->
                    handlers.catchingAll(handler -> {
                      monitor(handler, self, isStatic, "exit");
                      handler.athrow();
                    })));
  }

  private static void monitor(CodeBuilder code, ClassDesc self, boolean ofClass, String call) {
    if (ofClass) {
      code.loadConstant(self);
    } else {
      code.aload(0);
    }
    code.invokestatic(TARGET, call, MONITOR);
  }

  private static @Nullable Call inPlaceOf(MemberRefEntry member) {
    return CALLS.get(
        member.owner().asInternalName()
            + "."
            + member.name().stringValue()
            + member.type().stringValue());
  }

  private static void rewrite(CodeBuilder code, CodeElement element) {
    if (element instanceof NewObjectInstruction made
        && CLASSES.containsKey(made.className().asInternalName())) {
      code.new_(CLASSES.get(made.className().asInternalName()));
      return;
    } else if (element instanceof InvokeInstruction invoke
        && invoke.opcode() == Opcode.INVOKESPECIAL
        && CLASSES.containsKey(invoke.owner().asInternalName())) {
      code.invokespecial(
          CLASSES.get(invoke.owner().asInternalName()),
          invoke.name().stringValue(),
          invoke.typeSymbol());
      return;
    } else if (element instanceof InvokeInstruction invoke) {
      Call call = inPlaceOf(invoke.method());
      if (call != null) {
        code.invokestatic(TARGET, call.name(), MethodTypeDesc.ofDescriptor(call.type()));
        return;
      }
    } else if (element instanceof ConstantInstruction constant
        && SOCKET.equals(constant.constantValue())) {
      code.loadConstant(OUR_SOCKET);
      return;
    } else if (element instanceof MonitorInstruction monitor) {
      code.invokestatic(
          TARGET, monitor.opcode() == Opcode.MONITORENTER ? "enter" : "exit", MONITOR);
      return;
    }
    code.with(element);
  }
}
