/** A real node answers as the contract says. */
import { openRealPlace } from "./real-place.ts";
import { describeContract } from "./suite.ts";

describeContract({ exact: true, open: openRealPlace });
