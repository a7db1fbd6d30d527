import { createHash } from "node:crypto";
import { readObject, readOptional, readName, SimulatorInputError, withoutAbsent } from "./reading";

/** A group of devices. */
export interface GroupData {
  /** Its name; unique in its application or resource space. */
  readonly name: string;
  /** Its id. Default: made of the name, the same each time. */
  readonly id?: string;
  /** Free text. Default empty. */
  readonly description?: string;
}

/** Reads a group; a text alone is its name. */
export function readGroup(value: unknown, where: string): GroupData {
  if (typeof value === "string") return { name: readName(value, where) };
  const source = readObject(value, where, ["name", "id", "description"]);
  return withoutAbsent({
    name: readName(source["name"], `${where}.name`),
    id: readOptional(source, "id", where, readName),
    description: readOptional(source, "description", where, readName),
  });
}

export interface Group<Member> {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The application or resource space that it is in. */
  readonly appId: string;
  readonly createdAt: number;
  /** Its place in lists that are paged by marker. */
  readonly marker: string;
  readonly members: Set<Member>;
}

/** A device that knows its groups. */
export interface Grouped<Member> {
  readonly appId: string;
  readonly groups: Set<Group<Member>>;
}

/** An id that is the same whenever it is made of the same words. */
export function stableId(...words: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, 32);
}

/** How a platform makes its groups. */
interface Making {
  /** The id of a group whose data names none. */
  readonly idOf: (data: GroupData, appId: string) => string;
  readonly marker: () => string;
  readonly now: () => number;
}

/** The groups of a platform, in the order in which they were made. */
export class Groups<Member extends Grouped<Member>> {
  private readonly all: Group<Member>[] = [];
  private readonly making: Making;

  constructor(making: Making) {
    this.making = making;
  }

  list(appId: string): readonly Group<Member>[] {
    return this.all.filter((group) => group.appId === appId);
  }

  byName(appId: string, name: string): Group<Member> | undefined {
    return this.all.find((group) => group.appId === appId && group.name === name);
  }

  byId(appId: string, id: string): Group<Member> | undefined {
    return this.all.find((group) => group.appId === appId && group.id === id);
  }

  /** The group of that name or id, made where there is none yet. */
  put(appId: string, data: GroupData): Group<Member> {
    const held = this.named(appId, data.name);
    if (held && (data.id === undefined || data.id === held.id)) return held;
    const id = data.id ?? this.making.idOf(data, appId);
    if (held !== undefined || this.byId(appId, id) !== undefined) {
      throw new SimulatorInputError(`There is a group ${data.name} or of the id ${id} already.`);
    }
    const { name, description = "" } = data;
    const [createdAt, marker] = [this.making.now(), this.making.marker()];
    const members = new Set<Member>();
    const group = { id, name, description, appId, createdAt, marker, members };
    this.all.push(group);
    return group;
  }

  /** The group of that name or id. */
  expect(appId: string, name: string): Group<Member> {
    const group = this.named(appId, name);
    if (group === undefined) throw new SimulatorInputError(`${appId} has no group ${name}.`);
    return group;
  }

  delete(group: Group<Member>): void {
    for (const member of group.members) member.groups.delete(group);
    this.all.splice(this.all.indexOf(group), 1);
  }

  join(member: Member, group: Group<Member>): void {
    group.members.add(member);
    member.groups.add(group);
  }

  leave(member: Member, group: Group<Member>): void {
    if (!group.members.delete(member)) {
      throw new SimulatorInputError(`The device is not in the group ${group.name}.`);
    }
    member.groups.delete(group);
  }

  /** Puts a device into these groups and no others, making those that are not there yet. */
  assign(member: Member, names: readonly string[]): void {
    this.release(member);
    for (const name of names) this.join(member, this.put(member.appId, { name }));
  }

  /** Takes a device out of all groups. */
  release(member: Member): void {
    for (const group of [...member.groups]) this.leave(member, group);
  }

  private named(appId: string, name: string): Group<Member> | undefined {
    const own = this.list(appId);
    return own.find((group) => group.name === name) ?? own.find(({ id }) => id === name);
  }
}
