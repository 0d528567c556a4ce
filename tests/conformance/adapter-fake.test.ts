import { createFakeAdapter } from "#src/adapters/fake/index.ts";
import { targetOf } from "../launching.ts";
import { adapterConformance } from "./adapter.ts";

adapterConformance({
  name: "in-memory",
  open({ cancelGraceMs }) {
    const adapter = createFakeAdapter({
      cancelGraceMs,
      installed: ({ target_id }) => target_id !== "missing",
      launch(start) {
        queueMicrotask(() => {
          if (start.target.target_id === "failing") start.fail("exited with code 1");
          else if (start.target.target_id === "missing") start.fail("command not found: nowhere");
          else start.ready();
        });
      },
    });
    return {
      adapter,
      target: targetOf(["fake"]),
      refusing: targetOf(["fake"], { target_id: "refusing" }),
      failing: targetOf(["fake"], { target_id: "failing" }),
      missing: targetOf(["nowhere"], { target_id: "missing" }),
      starts: () => adapter.starts.length,
      [Symbol.asyncDispose]: () => adapter.close(),
    };
  },
});
