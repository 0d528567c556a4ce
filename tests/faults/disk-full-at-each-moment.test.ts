/** A small disk that is full from a moment of a task's way on, and later not any more. */
import { describe, expect, test } from "vitest";
import { tellFigures } from "../soak/figures.ts";
import { createHome, startNode } from "../support.ts";
import { openLeftBehind } from "./evidence.ts";
import { endOf, endsWell, moments, runScript, target } from "./scripted-run.ts";
import { canMount, mountSmallDisk } from "./small-disk.ts";

// On a developer's machine it is left out where nothing can be mounted; in CI it must run.
const possible = canMount() || process.env["CI"] === "true";
const megabytes = 8;

describe.skipIf(!possible)("a disk that is full before the", () => {
  test.each(moments)(
    "%s of a task costs nothing that was promised, and the next start is clean",
    async (full) => {
      using home = createHome({ agent: target });
      using disk = mountSmallDisk(home.dataDir, megabytes);
      await using node = await startNode(home);
      const fill = (moment: string) => {
        if (moment === full) disk.fill();
      };
      const isStuck = () => /could not be written|fault of the node/.test(node.stderr());
      const task_id = await runScript(node, fill, isStuck);
      disk.free();
      const ended = task_id === undefined ? undefined : await endsWell(node, task_id);
      const after = await runScript(node);
      expect(endOf(await endsWell(node, after ?? ""))).toBe("completed");
      expect(await node.stop()).toEqual({ code: 0, signal: null });
      using left = openLeftBehind(home.dataDir);
      expect(left.integrity()).toBe("ok");
      expect(left.gaps()).toEqual([]);
      await using next = await startNode(home);
      if (ended !== undefined) expect(endOf(await next.task(ended.task_id))).toBe(endOf(ended));
      tellFigures("G2", { fullMoments: moments.length });
    },
    60_000,
  );
});
