/** A simulator and a TD are ended by `await using`, too. */
interface Endpoint extends AsyncDisposable {
  /** Where its guest agent is: `new DstackClient(td.url)`. */
  readonly url: string
  /** The same, as a Unix socket. */
  readonly socket: string
  /** Calls a method, such as "GetQuote" or "Simulator.SetFault"; rejects if it is refused. */
  call(method: string, args?: object): Promise<any>
}

export interface Td extends Endpoint {
  readonly id: string
  readonly appId: string
  readonly instanceId: string
  remove(): Promise<void>
}

export interface Simulator extends Endpoint {
  /** Holds its sockets and its log, until it stops. */
  readonly directory: string
  /**
   * Deploys a TD. Each has an app id of its own, unless two have the same compose file.
   * compose: an app-compose.json as text, or one that only has the name.
   */
  td(settings?: { name?: string; compose?: string }): Promise<Td>
  /** As it was after the start: events, scenario and faults are gone. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/** Starts a simulator on a free port; options are those of the program, such as "--seed", "mine". */
export function startSimulator(...options: string[]): Promise<Simulator>

/** The path of the program. */
export function program(): string
