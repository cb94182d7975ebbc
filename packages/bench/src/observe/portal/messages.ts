/** Memory of the portal's process, once all its garbage was collected. */
export interface Memory {
  /** As it was found, before that. */
  readonly foundBytes: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly reservedBytes: number;
}

/** How many requests there were, by what they are. */
export type Counts = Readonly<Record<string, number>>;

/** Requests to the API server since the last time this was asked. */
export interface ApiRequests {
  readonly all: Counts;
  /** Those that would not have been made had nobody asked the portal for something. */
  readonly forViews: Counts;
}

/** What a portal is asked between measurements, and what it answers. */
export interface Answers {
  /** How long it took to answer each GET since the last time this was asked. */
  readonly answered: readonly { readonly path: string; readonly ms: number }[];
  readonly apiRequests: ApiRequests;
  readonly memory: Memory;
}

export type Question = keyof Answers;

/** What the parent tells it. */
export interface Ask {
  readonly ask: Question;
}

/** What it tells by itself, and in answer. */
export type Told =
  | { readonly tell: 'ready'; readonly startedAt: number }
  /** An open card would be told now. */
  | { readonly tell: 'changed'; readonly database: string; readonly at: number }
  | {
      readonly tell: 'answer';
      readonly ask: Question;
      readonly answer: Answers[Question];
    };

/** How a portal is started. */
export interface PortalArguments {
  readonly port: number;
  readonly directory: string;
  readonly connection: {
    readonly url: string;
    readonly token: string;
    readonly caData: string;
  };
  /** Entities that the catalog has: one for each namespace. */
  readonly namespaces: readonly string[];
}
