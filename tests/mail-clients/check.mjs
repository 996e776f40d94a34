// node check.mjs MODULES MAIL
//
// Prints which features of a mail are not, or only partly, supported by Apple Mail, Gmail, Outlook or Thunderbird: one a
// line, a tab, and the programs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, mail] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { doIUseEmail } = require("doiuse-email");
const { data } = JSON.parse(readFileSync(`${modules}/node_modules/doiuse-email/data/can-i-email.json`, "utf8"));

const FAMILIES = ["apple-mail", "gmail", "outlook", "thunderbird"];
const html = readFileSync(mail, "utf8");

// All programs of these families that any feature is known of.
const programs = new Set();
for (const { stats } of data) {
  for (const family of FAMILIES) {
    Object.keys(stats[family] ?? {}).forEach((platform) => programs.add(`${family}.${platform}`));
  }
}

// What a program lacks. The library stops at a feature of which nothing is known for a program: that is left out.
function lacks(program) {
  let text = html;
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      return doIUseEmail(text, { emailClients: [program] });
    } catch (error) {
      // The library does not know all programs of its own data.
      if (/client\(s\).*not found/.test(error.message)) return {};
      const unknown = /Feature `([^`]+)` not found/.exec(error.message)?.[1];
      if (unknown === undefined) throw error;
      const name = unknown.replace(/[<>]| element$/g, "");
      const without = text.replace(new RegExp(`${name}\\s*:[^;}"']*;?`, "g"), "").replaceAll(`${name}=`, "data-unknown=");
      if (without === text) throw error;
      text = without;
    }
  }
  throw new Error(`too many features are unknown for ${program}`);
}

const found = new Map();
for (const program of [...programs].sort()) {
  const { errors = [], warnings = [] } = lacks(program);
  for (const message of [...errors, ...warnings]) {
    const feature = /^`(.+?)` is/.exec(message)?.[1] ?? message;
    found.set(feature, (found.get(feature) ?? new Set()).add(program));
  }
}
for (const [feature, lacking] of [...found].sort(([one], [other]) => (one < other ? -1 : 1))) {
  console.log(`${feature}\t${[...lacking].join(" ")}`);
}
