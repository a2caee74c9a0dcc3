// The parts of htmx that our scripts call.
import htmxModule from "htmx.org/dist/htmx.esm.js";

interface Htmx {
  ajax(verb: string, path: string, options: Record<string, unknown>): Promise<void>;
  swap(context: Record<string, unknown>): Promise<void>;
}

export const htmx = htmxModule as unknown as Htmx;

/** Swaps in the partials of a message, as the stream's own messages are. */
export async function swapPartials(text: string): Promise<void> {
  await htmx.swap({
    sourceElement: document.body,
    target: document.body,
    swap: "none swapEmpty:false",
    text,
  });
}
