CREATE TABLE `record_checks` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`entries` integer NOT NULL,
	`erased` integer NOT NULL,
	`last_id` integer NOT NULL,
	`last_hash` text NOT NULL,
	`troubles` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `activity` ADD `salt` text;--> statement-breakpoint
ALTER TABLE `activity` ADD `erased_digest` text;--> statement-breakpoint
ALTER TABLE `activity` ADD `hash` text DEFAULT '' NOT NULL;--> statement-breakpoint
UPDATE `activity` SET `salt` = lower(hex(randomblob(16)));--> statement-breakpoint
WITH RECURSIVE `chain` (`id`, `hash`) AS (
  SELECT 0, ''
  UNION ALL
  SELECT a.`id`, activity_hash(c.`hash`, a.`account_id`, a.`kind`, a.`person_id`, a.`week_id`, a.`draft_id`, a.`delivery_id`, a.`at`, activity_digest(a.`salt`, a.`details`))
  FROM `chain` c JOIN `activity` a ON a.`id` = (SELECT min(n.`id`) FROM `activity` n WHERE n.`id` > c.`id`)
)
UPDATE `activity` SET `hash` = `chain`.`hash` FROM `chain` WHERE `chain`.`id` = `activity`.`id`;
