/** Break: what goes down, and what went down. */
export const breaking = {
  "view.break": "Break",
  "break.lead": "See who goes down with a machine before you pull its plug.",
  "break.active": "Without power",
  "break.since": "without power for {age}",
  "break.targets": "What loses its power",
  "break.zone": "zone of {n|node|nodes}",
  "break.off": "off",
  "break.noNodes": "This cluster has no node that could lose its power. Add one in Nodes.",
  "break.choose": "Choose a node or a whole zone to see what would go down with it.",
  "break.prediction": "If {name} loses its power",
  "break.pods": "{n|pod goes|pods go} down.",
  "break.fits":
    "What they ask for ({cpu} CPU, {memory}) fits into what the others have free ({freeCpu} CPU, {freeMemory}).",
  "break.tight":
    "What they ask for ({cpu} CPU, {memory}) is more than the others have free ({freeCpu} CPU, {freeMemory}): some will be Pending.",
  "break.when.now": "At once",
  "break.what.now": "containers stop; nobody knows it yet",
  "break.when.notReady": "After 40 s",
  "break.what.notReady": "the node is NotReady and tainted; its pods leave their Services",
  "break.when.evicted": "After 5 min",
  "break.what.evicted": "its pods are evicted, and controllers make new ones elsewhere",
  "break.who": "Who",
  "break.loses": "Loses",
  "break.of": "{lost} of {all}",
  "break.orphan": "nobody makes it again",
  "break.kill": "Cut the power of {name}",
} as const;
