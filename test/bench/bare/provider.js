"use strict";

/** @typedef {Record<string, unknown>} Properties */

let made = 0;

module.exports = {
  /**
   * @param {Properties} _olds
   * @param {Properties} news
   */
  check: (_olds, news) => Promise.resolve({ inputs: news }),
  diff: () => Promise.resolve({ changes: false }),
  /** @param {Properties} inputs */
  create: (inputs) => {
    made += 1;
    return Promise.resolve({ id: `bare-${made}`, outs: inputs });
  },
  /**
   * @param {string} id
   * @param {Properties} props
   */
  read: (id, props) => Promise.resolve({ id, props }),
  /**
   * @param {string} _id
   * @param {Properties} _olds
   * @param {Properties} news
   */
  update: (_id, _olds, news) => Promise.resolve({ outs: news }),
  delete: () => Promise.resolve(),
};
