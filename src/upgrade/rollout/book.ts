/** What is remembered of a rollout, per device and wave. Opaque to the wing, which keeps it as one secret text. */
export interface Book {
  readonly version: string;
  readonly packageId: string;
}

/** A text that is no book is a lost one: `undefined`. */
export declare function openBook(text: string | undefined): Book | undefined;

export declare function sealBook(book: Book): string;
