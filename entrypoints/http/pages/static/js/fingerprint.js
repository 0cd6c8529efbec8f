// Whether a file that is chosen again is the one that an upload began with.

export class Fingerprint {
  #name;
  #bytes;

  /** `modified` is null where only the hub knows it. */
  constructor({ name, bytes, modified }) {
    this.#name = name;
    this.#bytes = bytes;
    this.modified = modified;
  }

  /** Whether it is the file, as far as can be told without asking anybody. */
  fits(file) {
    const isSame = file.name === this.#name && file.size === this.#bytes;
    return isSame && this.modified !== null && file.lastModified === this.modified;
  }

  /** Whether it is the file; an upload begun in another browser told the hub. */
  async fitsAfterAll(file, api, id) {
    this.modified ??= Number(await api.metadata(id, "lastmodified")) || file.lastModified;
    return this.fits(file);
  }
}
