/**
 * What a desk's page keeps for the time without the server (离线存储): its rights to numbers, and the slips that it
 * issued. Shared by all tabs of the browser: IndexedDB lets one transaction after the other write.
 *
 * A number is anybody's only when its transaction is complete, which with strict durability means: on the disk.
 */

const NAME = "onewindow.desk";
const STRICT = { durability: "strict" };

/** The database, or a rejection where the browser keeps nothing. */
function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("rights", { keyPath: ["day", "no"] });
      asked.result.createObjectStore("slips", { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("blocked"));
  });
}

/** The next count that a right has for a letter, or null. Counts that the hall doesn't give out are passed over. */
function nextOf(right, letter) {
  let count = (right.used[letter] ?? 0) + 1;
  while (right.skip.includes(count)) count += 1;
  return count <= right.most ? count : null;
}

export class OfflineStore {
  #db = null;

  /** @returns {Promise<string>} this browser's own name, 32 hexadecimal digits */
  async open(fresh) {
    this.#db = await opened();
    return this.#within(["kept"], (tx, give) => {
      const kept = tx.objectStore("kept");
      const asked = kept.get("device");
      asked.onsuccess = () => {
        if (!asked.result) kept.put(fresh, "device");
        give(asked.result ?? fresh);
      };
    });
  }

  /** Keeps something under a name. */
  remember(name, value) {
    return this.#within(["kept"], (tx) => tx.objectStore("kept").put(value, name));
  }

  /** What was kept under a name, or undefined. */
  recall(name) {
    return this.#within(["kept"], (tx, give) => {
      const asked = tx.objectStore("kept").get(name);
      asked.onsuccess = () => give(asked.result);
    }, "readonly");
  }

  /** Keeps a granted right; the numbers that are gone already stay gone. */
  keep(right) {
    return this.#within(["rights"], (tx) => {
      const rights = tx.objectStore("rights");
      const asked = rights.get([right.day, right.no]);
      asked.onsuccess = () => rights.put({ used: {}, last: 0, ...asked.result, ...right });
    });
  }

  /** The rights of a day, the oldest first. */
  async rights(day) {
    const all = await this.#all("rights");
    return all.filter((right) => right.day === day);
  }

  /** All slips, the oldest first. */
  async slips() {
    const all = await this.#all("slips");
    return all.sort((one, other) => one.issued - other.issued);
  }

  /**
   * Takes the next number and keeps the slip, in one step. A slip is never older than the one before.
   *
   * @param {string} day
   * @param {string} group the group's letter
   * @param {number} now ms, by the server's clock as far as it is known
   * @param {object} slip what else is to be kept
   * @returns {Promise<object|null>} the slip; null when no number is left
   */
  take(day, group, now, slip) {
    return this.#within(["rights", "slips"], (tx, give) => {
      const asked = tx.objectStore("rights").getAll();
      asked.onsuccess = () => {
        const right = asked.result.find((one) => one.day === day && now < one.until_ms && one.letters[group] && nextOf(one, one.letters[group]) !== null);
        if (!right) return give(null);
        const letter = right.letters[group];
        const count = nextOf(right, letter);
        const number = `${letter}${right.before + count}`;
        const issued = Math.max(now, right.last + 1, right.granted_ms);
        tx.objectStore("rights").put({ ...right, used: { ...right.used, [letter]: count }, last: issued });
        const taken = { ...slip, id: `${day.replaceAll("-", "")}-${number}`, day, number, letter, count, right: right.no, issued, state: "pending", voided: false, why: null };
        tx.objectStore("slips").add(taken);
        return give(taken);
      };
    });
  }

  /**
   * Changes a slip as it is kept now. `change` gives the new one, or null to leave it.
   *
   * @param {string} id
   * @param {(slip: object) => object|null} change
   * @returns {Promise<object|null>} the slip as it is then
   */
  change(id, change) {
    return this.#within(["slips"], (tx, give) => {
      const slips = tx.objectStore("slips");
      const asked = slips.get(id);
      asked.onsuccess = () => {
        const changed = asked.result ? change(asked.result) : null;
        if (changed) slips.put(changed);
        give(changed ?? asked.result ?? null);
      };
    });
  }

  /** Forgets what is done with: slips and rights of days before this one. What waits for somebody stays. */
  tidy(day) {
    return this.#within(["rights", "slips"], (tx) => {
      tx.objectStore("slips").openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        if (cursor.value.day < day && ["taken", "settled"].includes(cursor.value.state)) cursor.delete();
        cursor.continue();
      };
    });
  }

  #all(name) {
    return this.#within([name], (tx, give) => {
      const asked = tx.objectStore(name).getAll();
      asked.onsuccess = () => give(asked.result);
    }, "readonly");
  }

  /** Resolves, with what `work` gave, when the transaction is complete. */
  #within(stores, work, mode = "readwrite") {
    return new Promise((resolve, reject) => {
      let found;
      const tx = this.#db.transaction(stores, mode, STRICT);
      tx.oncomplete = () => resolve(found);
      tx.onabort = () => reject(tx.error ?? new Error("aborted"));
      work(tx, (value) => (found = value));
    });
  }
}
