CREATE TABLE `edition_pictures` (
	`recap_id` text NOT NULL,
	`edition` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`recap_id`, `edition`, `hash`),
	FOREIGN KEY (`recap_id`) REFERENCES `recaps`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `edition_pictures_hash` ON `edition_pictures` (`hash`);--> statement-breakpoint
ALTER TABLE `forgotten_people` ADD `word_hashes` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `removal_requests` ADD `progress` text;--> statement-breakpoint
CREATE INDEX `posts_author` ON `posts` (`account_id`,`author_network_id`);--> statement-breakpoint
CREATE INDEX `posts_removed` ON `posts` (`account_id`,`week_id`,`removed_at`,`left_page`,`kind`) WHERE "posts"."removed_at" is not null;--> statement-breakpoint
CREATE INDEX `posts_pictures` ON `posts` (`images`,`removed_at`) WHERE "posts"."kind" = 'own' and "posts"."images" <> '[]';--> statement-breakpoint
INSERT INTO `edition_pictures` (`recap_id`, `edition`, `hash`)
SELECT DISTINCT e.`recap_id`, e.`edition`, t.`atom`
FROM `recap_editions` e, json_tree(json_remove(e.`page`, '$.next')) t
WHERE t.`type` = 'text' AND (t.`key` = 'portraitHash' OR (t.`key` = 'hash' AND t.`path` LIKE '%.picture'));
